"""One small program per system, run by that system's own Python: inputs in, events out.

They import nothing of Backstride and nothing of the rest of `validation` but `exchange`.
"""
