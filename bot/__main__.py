"""The command `aspirasi`."""

import typer

from bot.commands import administered, audit, backup, brief, demo, doctor, model, opendata, seal, service, sp4n, webhook

app = typer.Typer(
    help="Citizens' complaints and suggestions in Telegram: heard, routed, answered.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(service.run)
app.command()(demo.demo)
app.command()(service.migrate)
app.command()(doctor.doctor)
app.command()(sp4n.sp4n)
app.command()(opendata.opendata)
app.command()(brief.brief)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(backup.move)
app.command()(seal.key)
app.command()(seal.seal)
model.register(app)
webhook.register(app)
audit.register(app)
administered.register(app)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
