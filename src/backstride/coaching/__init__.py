"""Mix backward running into training: screening, skills, sessions, plans, races."""
