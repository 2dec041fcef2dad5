"""Commands about tokens: parse arguments, make one call, print."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from neagraph.opening import TOKENS_FILE
from neagraph.settings import TABLE, load_settings
from neagraph.tokens import Role, TokenStore

app = typer.Typer(
    name="token", help="Say who may write over HTTP.", no_args_is_help=True, add_completion=False
)

_HELP = {setting.name: setting.help for setting in TABLE}
State = Annotated[str | None, typer.Option("--state", metavar="DIR", help=_HELP["state"])]
Name = Annotated[str, typer.Argument(help="What commits and logs call its holder.")]


@app.command("add")
def add_command(
    name: Name,
    role: Annotated[
        Role, typer.Option(help="reader; editor writes; admin also cancels queries.")
    ] = Role.EDITOR,
    state: State = None,
) -> None:
    """Make a token and print its secret, this once."""
    secret = _tokens(state).add(name, role)
    sys.stdout.write(f"{secret}\n")
    sys.stderr.write(
        f"This is the token of {name} ({role.value}); it is not shown again. Send it as "
        "Authorization: Bearer …\n"
    )


@app.command("list")
def list_command(state: State = None) -> None:
    """Print the name, role and day of each token, oldest first."""
    tokens = _tokens(state).tokens()
    width = max((len(token.name) for token in tokens), default=0)
    for token in tokens:
        sys.stdout.write(f"{token.name:{width}}  {token.role.value:6}  {token.created}\n")


@app.command("revoke")
def revoke_command(name: Name, state: State = None) -> None:
    """Take a token away; a running service refuses it from its next request on."""
    _tokens(state).revoke(name)
    sys.stderr.write(f"The token of {name} is revoked.\n")


def _tokens(state: str | None) -> TokenStore:
    return TokenStore(load_settings(state=state).state / TOKENS_FILE)
