"""How fast Backstride is, beside its peers and on this machine.

``python -m benchmarks`` measures, keeps its numbers in ``benchmarks/results`` and the tables in
``docs/benchmarks.md``, and ends with status 1 where a target is missed. Ratios travel between
machines; seconds do not.
"""
