"""Sending files: one at a time or as an album."""

from typing import Any

from bot.simulator.errors import Refusal, bad_request
from bot.simulator.files import describe, photo_sizes, sniff
from bot.simulator.methods.compose import caption_of, deliver, deliver_many, message_caption
from bot.simulator.model import Json, StoredFile
from bot.simulator.params import Call, Upload
from bot.simulator.world import World

MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
"""Bytes (https://core.telegram.org/bots/api#sending-files)."""
ALBUM_KINDS = frozenset({"photo", "video", "document", "audio"})


def send_photo(world: World, call: Call) -> Json:
    """sendPhoto"""
    return _send(world, call, "photo")


def send_document(world: World, call: Call) -> Json:
    """sendDocument"""
    return _send(world, call, "document")


def send_video(world: World, call: Call) -> Json:
    """sendVideo"""
    return _send(world, call, "video")


def send_voice(world: World, call: Call) -> Json:
    """sendVoice"""
    return _send(world, call, "voice")


def send_media_group(world: World, call: Call) -> list[Json]:
    """sendMediaGroup: 2 to 10 photos, videos or documents that arrive together."""
    media = call.get("media")
    if not isinstance(media, list):
        raise bad_request("can't parse media JSON object")
    if len(media) < 1:
        raise bad_request("there are no messages to send")
    if len(media) > 10:
        raise bad_request("too many messages to send as an album")
    parts = [input_media(world, call, item) for item in media]
    world.albums += 1
    if len(parts) == 1:
        return deliver_many(world, call, parts)
    return deliver_many(world, call, [{**part, "media_group_id": str(world.albums)} for part in parts])


def input_media(world: World, call: Call, item: Any) -> Json:
    """The message fields of one InputMedia object."""
    if not isinstance(item, dict) or item.get("type") not in ALBUM_KINDS:
        raise bad_request("can't parse InputMedia: type must be photo, video, document or audio")
    kind = str(item["type"])
    mode = str(item.get("parse_mode") or "")
    caption = message_caption(str(item.get("caption") or ""), mode, item.get("caption_entities"))
    stored = resolve(world, call, item.get("media"), kind)
    return {**file_fields(kind, stored, int(item.get("duration") or 0)), **caption}


def resolve(world: World, call: Call, value: Any, kind: str) -> StoredFile:
    """The file a request means: an upload, attach://name, or a file id the bot has seen before."""
    if value is None and kind in call.uploads:
        return _keep(world, call.uploads[kind], kind)
    text = str(value or "")
    if not text:
        raise bad_request(f"there is no {kind} in the request")
    if text.startswith("attach://"):
        upload = call.uploads.get(text.removeprefix("attach://"))
        if upload is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return _keep(world, upload, kind)
    if text.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")  # loopback only: the simulator fetches nothing
    stored = world.files.get(text)
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {stored.kind.capitalize()} as {kind.capitalize()}")
    return stored


def file_fields(kind: str, stored: StoredFile, duration: int = 0) -> Json:
    """The part of a message that describes a file."""
    if kind == "photo":
        return {"photo": photo_sizes(stored)}
    about: Json = {**describe(stored), "mime_type": stored.mime}
    if kind == "voice":
        return {"voice": {**about, "duration": duration or 1}}
    about["file_name"] = stored.name
    if kind == "video":
        about |= {"width": 640, "height": 360, "duration": duration or 1}
    if kind == "audio":
        about |= {"duration": duration or 1}
    return {kind: about}


def _send(world: World, call: Call, kind: str) -> Json:
    caption = caption_of(call)
    stored = resolve(world, call, call.get(kind), kind)
    return deliver(world, call, {**file_fields(kind, stored, call.integer("duration")), **caption})


def _keep(world: World, upload: Upload, kind: str) -> StoredFile:
    content = upload.content
    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > MAX_UPLOAD:
        raise Refusal(413, "Request Entity Too Large")
    mime = upload.mime
    if kind == "photo":
        picture = sniff(content)
        if picture is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        if len(content) > MAX_PHOTO:
            size = f"{len(content)} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes"
            raise bad_request(f"file of size {size}")
        mime = picture[1]
    return world.files.add(kind, content, upload.name, mime)
