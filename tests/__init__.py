"""The tests meet aiogram as the service does: its types are built when they are first used."""

from bot.incoming import late

late.import_aiogram()
