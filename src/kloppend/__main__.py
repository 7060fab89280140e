"""`python -m kloppend` is the `kloppend` command."""

from kloppend.cli.main import app

if __name__ == "__main__":
    app()
