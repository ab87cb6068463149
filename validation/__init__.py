"""What Backstride gets right and wrong, on real recordings and on simulated ones.

``python -m validation`` runs every study, keeps its numbers in ``validation/results`` and
the tables in ``docs/validation.md``, and ends with status 1 where a target is missed.
"""
