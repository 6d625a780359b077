"""Settings: a TOML file and a few secrets from the environment, checked whole, then passed on as values."""

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from platformdirs import user_data_dir
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from storage import envelope
from storage.calendar import Calendar, Quiet
from storage.engine import UnknownDatabase, driver_url
from storage.seal import Seal

DATA = Path(user_data_dir("aspirasi"))

ENVIRONMENT = {
    "ASPIRASI_TELEGRAM_TOKEN": ("telegram", "token"),
    "ASPIRASI_WEBHOOK_SECRET": ("webhook", "secret"),
    "ASPIRASI_DATABASE_URL": ("database", "url"),
    "ASPIRASI_IDENTITY_KEYS": ("database", "identity_keys"),
    "ASPIRASI_MODEL_DIR": ("model", "folder"),
    "ASPIRASI_BACKUP_KEY": ("backup", "key"),
}
"""Environment variables that stand above the file, so that secrets need not lie in it."""

COMPLAINTS = {
    "missing": "is missing",
    "extra_forbidden": "is not a setting; see config.example.toml for those there are",
    "model_type": "is a section: [name] in a line of its own, its keys below it",
}


class BadConfiguration(Exception):
    """One or more settings are wrong; `faults` names every one of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except Exception as error:
        raise ValueError("is no time zone; for example Asia/Jakarta, Asia/Makassar, Asia/Jayapura") from error
    return name


def _database(url: str) -> str:
    try:
        driver_url(url)
    except UnknownDatabase as error:
        raise ValueError("must begin with sqlite:/// or postgresql://") from error
    return url


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Telegram(_Section):
    token: Annotated[str, Field(pattern=r"^\d+:[\w-]+$")]
    api: Annotated[str, Field(pattern=r"^https?://")] = "https://api.telegram.org"


def _address(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and not (host and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("must be host:port, for example 127.0.0.1:8080")
    return value


Address = Annotated[str, AfterValidator(_address)]


def split(address: Address) -> tuple[str, int]:
    """`host:port` as a pair."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"([A-Za-z0-9_-]{16,256})?", secret.get_secret_value()):
        raise ValueError("must be 16 to 256 of A-Z a-z 0-9 _ -")
    return secret


class WebhookSettings(_Section):
    url: Annotated[str, Field(pattern=r"^(https://|http://127\.0\.0\.1[:/])|^$")] = ""
    listen: Address = "127.0.0.1:8080"
    secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = SecretStr("")
    telegram_only: bool = False

    @property
    def address(self) -> tuple[str, int]:
        return split(self.listen)

    @model_validator(mode="after")
    def _guarded(self) -> "WebhookSettings":
        if self.url and not self.secret.get_secret_value():
            raise ValueError("needs a secret: 16 or more of A-Z a-z 0-9 _ -, best in ASPIRASI_WEBHOOK_SECRET")
        return self


class Watching(_Section):
    listen: Address = ""


class AlertSettings(_Section):
    on: bool = True
    lag_seconds: Annotated[float, Field(gt=0)] = 120
    disk_free_mb: Annotated[int, Field(ge=0)] = 500


def _keys(keys: SecretStr) -> SecretStr:
    if keys.get_secret_value():
        Seal(keys.get_secret_value())  # raises BadKeys, a ValueError
    return keys


class DatabaseSettings(_Section):
    url: Annotated[str, AfterValidator(_database)] = f"sqlite:///{DATA / 'aspirasi.db'}"
    workers: Annotated[int, Field(ge=1, le=32)] = 4
    identity_keys: Annotated[SecretStr, AfterValidator(_keys)] = SecretStr("")

    @property
    def seal(self) -> Seal | None:
        keys = self.identity_keys.get_secret_value()
        return Seal(keys) if keys else None


class Model(_Section):
    folder: Path = DATA / "model"


Place = Annotated[Path | None, BeforeValidator(lambda path: path or None)]
"""A file or folder; empty: none."""


class City(_Section):
    name: str = "Kota Depok"
    government: str = "Pemerintah Kota Depok"
    prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,5}$")] = "DPK"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Jakarta"
    days_off: tuple[date, ...] = ()
    boundaries: Place = None
    channel: Annotated[str, Field(pattern=r"^(@\w{4,32}|-100\d{5,15})?$")] = ""


class Staff(_Section):
    administrators: tuple[int, ...] = ()
    demand_proof: bool = True
    compare_pictures: bool = False


class Schedule(_Section):
    tell_citizen_after_days: Annotated[float, Field(gt=0)] = 5
    every_seconds: Annotated[float, Field(gt=0)] = 300
    quiet_from: time = time(21, 0)
    quiet_until: time = time(7, 0)


class Sending(_Section):
    per_second: Annotated[float, Field(gt=0, le=1000)] = 25
    at_once: Annotated[int, Field(ge=1, le=64)] = 16
    chat_burst: Annotated[int, Field(ge=1, le=100)] = 3
    together_seconds: Annotated[float, Field(ge=0, le=600)] = 60


class Privacy(_Section):
    erase_after_days: Annotated[int, Field(ge=1, le=30)] = 3
    keep_days: Annotated[int, Field(ge=7)] = 30


class Backup(_Section):
    folder: Place = None
    keep: Annotated[int, Field(ge=1)] = 14
    key: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _opens(self) -> "Backup":
        if self.folder is not None:
            envelope.cipher(self.key.get_secret_value())  # raises BadKey, a ValueError
        return self


class OpenData(_Section):
    folder: Place = None
    with_text: bool = False


class Limits(_Section):
    reports_per_hour: Annotated[int, Field(ge=1)] = 5
    messages_per_minute: Annotated[int, Field(ge=3)] = 20


class Settings(_Section):
    """Everything the program can be told. Frozen."""

    telegram: Telegram
    webhook: WebhookSettings = WebhookSettings()
    watching: Watching = Watching()
    alerts: AlertSettings = AlertSettings()
    database: DatabaseSettings = DatabaseSettings()
    model: Model = Model()
    city: City = City()
    staff: Staff = Staff()
    schedule: Schedule = Schedule()
    sending: Sending = Sending()
    privacy: Privacy = Privacy()
    limits: Limits = Limits()
    backup: Backup = Backup()
    open_data: OpenData = OpenData()

    @property
    def calendar(self) -> Calendar:
        """The city's working days."""
        return Calendar.of(self.city.timezone, self.city.days_off)

    @property
    def quiet(self) -> Quiet:
        """The city's night."""
        return Quiet(ZoneInfo(self.city.timezone), self.schedule.quiet_from, self.schedule.quiet_until)


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the file (if any) and the environment. Raises: BadConfiguration with every fault found."""
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise BadConfiguration([f"{path}: no such file; copy config.example.toml to begin"]) from error
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadConfiguration([f"{path}: {error}"]) from error
    for variable, (section, key) in ENVIRONMENT.items():
        if environment.get(variable) and isinstance(values.setdefault(section, {}), dict):
            values[section][key] = environment[variable]
    return check(values)


def check(values: Mapping[str, Any]) -> Settings:
    """Settings from plain values. Raises: BadConfiguration with every fault found; no value is repeated in it."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_input=False, include_url=False):
            where = ".".join(str(part) for part in fault["loc"])
            said = COMPLAINTS.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
            if where == "telegram" and fault["type"] == "missing":
                where = "telegram.token"
            if fault["loc"] == ("telegram", "token") and fault["type"] == "string_pattern_mismatch":
                said = "is not a bot token (123456:ABC...); @BotFather gives one"
            if where == "telegram.token" and fault["type"] == "missing":
                said = "is missing; set it in the file or in ASPIRASI_TELEGRAM_TOKEN"
            faults.append(f"{where} {said}")
        raise BadConfiguration(faults) from error
