"""Figures that each answer a question; ``python -m docs.gallery`` draws them again."""
