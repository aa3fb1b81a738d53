"""`hotline keys ceremony` and `recover`: the recovery key that two people hold together."""

import click

from hotline.commands.plain import plain, refuse


@click.command()
@plain
def ceremony() -> None:
    """Make the recovery key of sealed mode and print its two halves, once.

    Two people who trust no third one stand at the terminal. Each writes down one half, out of the
    other's sight, and keeps it apart. Only both halves together open sealed reports.
    """
    from hotline import audit
    from hotline.privacy import boxes, locks
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    runtime = open_runtime(load_settings())
    pair = boxes.new_pair()
    first, second = boxes.split(pair.private)
    try:
        with runtime.database.transaction() as session:
            if locks.recovery(session) is not None:
                refuse("There is a recovery key already; it was left as it is.")
            locks.add_recovery(session, pair.public, runtime.clock())
            audit.record(session, runtime.clock(), "command-line", "keys.recovery_made", "console")
    finally:
        runtime.close()
    _show("first", first)
    _show("second", second)
    click.echo("The recovery key is made. This machine keeps nothing that opens.")


@click.command()
@click.argument("name")
@plain
def recover(name: str) -> None:
    """Give the supervisor NAME every sealed report they may see, with both halves of the key.

    The supervisor first chooses a passphrase in the console, on the page Sealed reports.
    """
    from hotline import audit
    from hotline.people import accounts, unlocking
    from hotline.privacy import boxes, locks
    from hotline.privacy.locks import Reader
    from hotline.reports import sealing
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    first = click.prompt("First half", hide_input=True)
    second = click.prompt("Second half", hide_input=True)
    pair = boxes.pair_of(boxes.join(first, second))
    runtime = open_runtime(load_settings())
    try:
        with runtime.database.transaction() as session:
            paper = locks.recovery(session)
            if paper is None or paper.public != pair.public:
                refuse("These halves are not of the recovery key of this hotline.")
            account = accounts.by_name(session, accounts.login_name(name))
            holder = unlocking.holder_of(session, account.id) if account else None
            if account is None or holder is None:
                refuse("There is no such account with a key; choose a passphrase there first.")
            among = sealing.keys_seen(account.district)
            count = locks.share(session, Reader(paper.id, pair.private), holder, among)
            subject = f"account:{account.id}"
            audit.record(session, runtime.clock(), "command-line", "keys.recovered", subject)
    finally:
        runtime.close()
    click.echo(f"Keys given: {count}. The account opens every sealed report it may see now.")


def _show(which: str, half: str) -> None:
    click.prompt(f"The {which} holder alone looks; press Enter", default="", show_default=False)
    click.echo(f"\n  {half}\n")
    click.prompt("Written down and read back? Press Enter", default="", show_default=False)
    click.clear()
