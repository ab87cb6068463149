"""Other systems that find steps, on the same inputs as Backstride, each in its own environment.

Nothing of this is imported by the product, and no other system is a dependency of the project: each
is installed on demand, in pinned versions, outside the repository, and runs as a process of its
own. What cannot be installed or fails is left out with its reason.
"""
