"""The alerting rules that come with Haveri."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import haveri_escalation.adapters.auditor
import haveri_escalation.adapters.heartbeats
import haveri_escalation.entrypoints.notifications  # noqa: F401 - each defines metrics

FILE = Path(__file__).parents[4] / "deploy" / "observability" / "escalation-alerts.yaml"
RULES = [rule for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]]
_METRIC = re.compile(r"\bhaveri_\w+")
_SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def series() -> dict[str, frozenset[str]]:
    """Every series that a service shows, with the labels it has."""
    return {
        f"{family.name}{suffix}": frozenset(getattr(metric, "_labelnames", ()))
        for metric in list(REGISTRY._collector_to_names)
        for family in metric.collect()
        for suffix in _SUFFIXES.get(family.type, ("",))
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_metric_that_a_rule_looks_at_exists_with_its_labels(rule: dict[str, Any]) -> None:
    known = series()
    named = _METRIC.findall(rule["expr"])
    assert named
    for metric in named:
        assert metric in known
    for metric, matchers in re.findall(r"(haveri_\w+)\{([^}]*)\}", rule["expr"]):
        assert {matcher.split("=")[0].strip(" ~!") for matcher in matchers.split(",")} <= known[metric]


def test_overdue_steps_silence_and_lost_messages_each_have_a_rule() -> None:
    watched = " ".join(rule["expr"] for rule in RULES)
    for metric in (
        "haveri_escalation_overdue_steps",
        "haveri_escalation_last_beat_timestamp_seconds",
        "haveri_notifications_total",
        'end="dead"',
    ):
        assert metric in watched


def test_every_rule_says_what_is_wrong_and_what_to_look_at() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"] and rule["annotations"]["description"]
