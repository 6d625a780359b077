"""The pictures of the digests: a phone's width, whatever the names; none where nothing ever came in."""

import io

from matplotlib import image

from bot.outgoing import charts_week
from bot.outgoing.render import PICTURES
from tests.outgoing import samples
from tests.outgoing.test_charts import size


def test_the_longest_names_stay_inside_each_picture() -> None:
    for notice, facts in samples.NOTICES.items():
        if notice in PICTURES:
            picture = PICTURES[notice](facts)
            assert size(picture) == (1080, 1080)
            pixels = image.imread(io.BytesIO(picture or b""))[..., :3]
            assert (pixels[:, 1060:] == 1).all(), f"the right margin of {notice} stays white"
            assert (pixels[:, :1060] < 1).any()


def test_nothing_to_show_gives_no_picture() -> None:
    assert charts_week.office(samples.QUIET) is None
    assert charts_week.leaders(samples.LEADER | {"league": []}) is None


def test_a_city_with_small_counts_shows_none_of_them() -> None:
    quiet = samples.CITY | {"course": [[0, 0]] * 9, "places": []}
    assert size(charts_week.city(quiet)) == (1080, 1080)
    assert charts_week.city(quiet) is charts_week.city(quiet), "drawn once for all readers"
