"""The use cases, one function each. Faces call these and nothing below them."""
