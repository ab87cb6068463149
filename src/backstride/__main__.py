"""``python -m backstride`` is the command `backstride`."""

from backstride.cli import main

if __name__ == "__main__":
    main(prog_name="backstride")
