"""The tables are complete and agree with one another."""

import tomllib

from classifier import boundaries, corpus
from classifier.decide import chosen
from classifier.normalise import slang
from classifier.places import roads
from classifier.signs import HOTLINES
from classifier.tables import DATA, NOT_A_REPORT, agencies, topics


def test_every_topic_has_an_office_that_exists_and_a_definition() -> None:
    for topic in topics().values():
        assert topic.agency in agencies() or topic.id == NOT_A_REPORT
        assert topic.name
        assert len(topic.definition) > 20


def test_every_office_is_reachable_by_a_topic_a_rule_or_a_road() -> None:
    reached = {topic.agency for topic in topics().values()}
    reached |= {rule.agency for rule in boundaries.rules() if rule.agency}
    reached |= {road.owner for road in roads().values()}
    assert set(agencies()) - reached == set()


def test_every_outside_body_says_how_to_reach_it() -> None:
    assert [body.id for body in agencies().values() if body.scope == "outside" and not body.channel] == []


def test_every_topic_has_at_least_twenty_messages_by_at_least_five_voices() -> None:
    messages = corpus.read()
    for name in topics():
        mine = [message for message in messages if message.topics == (name,)]
        assert len(mine) >= 20, name
        assert len({message.voice for message in mine}) >= 5, name


def test_the_corpus_has_eight_thousand_distinct_messages_of_every_kind() -> None:
    messages = corpus.read()
    assert len({message.text for message in messages}) >= 8_000
    assert {message.kind for message in messages} == set(corpus.KINDS.values())
    assert sum(message.urgent for message in messages) >= 200
    assert sum(len(message.topics) == 2 for message in messages) >= 50


def test_settings_name_only_known_topics_and_kinds() -> None:
    settings = chosen()
    assert set(settings.share) <= set(topics())
    assert set(settings.kind_margin) <= set(corpus.KINDS.values())
    assert 0 < settings.ask < settings.auto < 1


def test_slang_leads_to_plain_words_in_one_step() -> None:
    for section in tomllib.loads((DATA / "slang.toml").read_text(encoding="utf-8")).values():
        for said, meant in section.items():
            assert said == said.lower().strip()
            assert said != meant
    assert slang().words["jln"] == ("jalan",)


def test_hotlines_are_numbers_of_the_country_for_known_topics() -> None:
    assert set(HOTLINES) <= set(topics())
    told = {number for numbers in HOTLINES.values() for number in numbers}
    told |= {number for rule in boundaries.rules() for number in rule.hotlines}
    assert told <= {"110", "112", "119", "123"}
