"""Points of the body, from motion capture or cameras: facing, travel, contacts, direction."""
