"""Equations only: what moving costs, what the heart does, what load and tissue bear.

Each function is an `@equation`: elementwise over arrays whose last axis is time, SI in and out,
its numbers from the evidence and nowhere else.
"""
