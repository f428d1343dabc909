"""The numbers: what the dashboard and the alert rules name exists, and no label names a person."""

import json
import re
import shutil
import socket
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest
from house import ADMINISTRATOR, HERE, SAMPLES, House
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from test_cli import Run, bot

from mailbot import metrics, vigil
from mailbot.errors import ConfigError
from mailbot.store.pulse import Verified, keep_verified
from mailbot.store.tables import Mail, MailStatus

__all__ = ["bot"]

DEPLOY = HERE.parent / "deploy"
DASHBOARD = DEPLOY / "grafana" / "mailbot.json"
RULES = DEPLOY / "prometheus" / "mailbot-alerts.yml"
ALTA = "5.1-alta-especialista-ugel"


def busy(house: House, monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    """A house where everything that is counted has happened; pages recognised in `more` samples."""
    monkeypatch.setenv("MAILBOT_HEALTH__HEARTBEAT_MINUTES", "30")
    house.reconfigure()
    for sample in (ALTA, *more):
        house.send_sample(sample)
    raw = (SAMPLES / "7.1-alta-estadistico-ugel.eml").read_bytes()
    house.send(raw, "alguien@correo.example", port=house.post.servers.bare_port)
    house.poll()
    house.poll()
    with house.store.begin() as tx:
        keep_verified(tx, Verified(house.clock()))


def numbers(text: str) -> dict[str, float]:
    """Each sample with its labels, and its value."""
    families = list(text_string_to_metric_families(text))
    return {
        sample.name + "".join(f" {k}={v}" for k, v in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def both(house: House) -> str:
    """What this process counted, and what the store says."""
    stored = metrics.exposition(house.store, house.rules.settings)
    return generate_latest(metrics.LIVE).decode() + stored


def test_every_number_is_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails by kind, set aside, letters, cases, ages, times, pages, the round trip, the disk."""
    before = numbers(generate_latest(metrics.LIVE).decode())
    busy(house, monkeypatch, "oficio-y-rd-escaneados")
    after = numbers(both(house))

    def gained(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert gained("mailbot_mails_fetched_total") == 3
    assert gained("mailbot_mails_processed_total kind=request") == 2
    assert gained("mailbot_mails_processed_total kind=unproven") == 1
    assert gained("mailbot_mails_set_aside_total kind=unproven") == 1
    assert gained("mailbot_ocr_pages_total") >= 2
    assert gained("mailbot_stage_seconds_count stage=process") == 2
    assert after["mailbot_letters kind=decider-question status=sent"] == 2
    assert after["mailbot_cases status=pending"] == 2
    assert after["mailbot_waiting queue=questions"] == 2
    assert after["mailbot_waiting queue=set_aside"] == 1
    assert after["mailbot_heartbeat_round_trip_seconds"] == 0
    assert after["mailbot_last_success_timestamp_seconds work=poll"] == house.clock().timestamp()
    assert after["mailbot_disk_free_bytes"] > 0
    assert after["mailbot_database_bytes"] > 0
    assert after["mailbot_journal_whole"] == 1
    assert after["mailbot_database_up"] == 1


def test_the_dashboard_and_the_rules_name_only_numbers_that_exist(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the dashboard shows them all: a renamed metric fails here, not on a blank panel."""
    busy(house, monkeypatch)
    known = {name.split(" ")[0] for name in numbers(both(house))}
    expressions = [
        target["expr"]
        for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
        for target in panel["targets"]
    ]
    rules = re.findall(r"(?m)^\s+expr: (.+)$", RULES.read_text(encoding="utf-8"))
    assert len(expressions) > 20
    assert len(rules) == 10
    shown = {name for text in expressions for name in re.findall(r"mailbot_\w+", text)}
    named = {name for text in rules for name in re.findall(r"mailbot_\w+", text)}
    assert (shown | named) - known == set()
    ends = ("_created", "_count", "_sum")
    assert {name for name in known if not name.endswith(ends)} - shown == set()


def test_prometheus_takes_the_rules() -> None:
    """By its own checker where it is installed; else by their shape."""
    text = RULES.read_text(encoding="utf-8")
    alerts = re.findall(r"(?m)^      - alert: (\w+)$", text)
    assert len(set(alerts)) == text.count("expr:") == text.count("summary:") == 10
    if promtool := shutil.which("promtool"):
        done = subprocess.run(
            [promtool, "check", "rules", RULES], capture_output=True, text=True, check=False
        )
        assert "10 rules found" in done.stdout, done.stderr


def test_no_label_names_a_person(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds, states, stages, queues: a closed set of labels, no address and no DNI in any value."""
    busy(house, monkeypatch)
    text = both(house)
    labels = {
        key
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        for key in sample.labels
    }
    assert labels == {"kind", "status", "check", "work", "queue", "stage", "le"}
    assert "@" not in text
    assert re.search(r'"\d{8}"', text) is None


def test_health_prints_the_same_for_a_textfile(
    house: House, bot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For who has cron and no service: what the store says, parseable, exit code 0."""
    busy(house, monkeypatch)
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    code, out, _ = bot("health", "--metrics")
    assert code == 0
    said = out[out.index("# HELP") :]  # before it, what the passes logged
    assert numbers(said)["mailbot_cases status=pending"] == 1
    assert out.endswith("\n")


def test_the_service_serves_them_on_loopback_while_it_runs(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over HTTP, and no longer when it ended; a port that is taken is said by name."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("MAILBOT_HEALTH__METRICS_PORT", str(port))
    house.reconfigure()
    with metrics.served(house.store, house.rules.settings):
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            assert "mailbot_database_up 1.0" in answer.read().decode()
        with (
            pytest.raises(ConfigError, match=rf"health\.metrics_port: {port}"),
            metrics.served(house.store, house.rules.settings),
        ):
            pass
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_database_that_is_down_is_one_number(house: House) -> None:
    """The scrape answers all the same."""
    with house.store.engine.begin() as raw:
        raw.exec_driver_sql("ALTER TABLE marks RENAME TO elsewhere")
    text = metrics.exposition(house.store, house.rules.settings)
    assert numbers(text) == {"mailbot_database_up": 0}


def test_a_mail_that_waits_is_not_counted_as_handled(house: House) -> None:
    """Only what came to an end counts; looking at it is a sign of life all the same."""
    house.send_sample(ALTA)
    house.poll()
    with house.store.begin() as tx:
        (mail,) = tx.query(Mail).all()
        mail.status, mail.kind = MailStatus.NEW, None
    before = generate_latest(metrics.LIVE)
    vigil.handled(house.desk, mail.id)
    assert generate_latest(metrics.LIVE) == before
    assert house.received(ADMINISTRATOR) == ["decider-question"]


def test_the_dashboard_is_one_grafana_can_import() -> None:
    """Every panel has its own number, a place on the grid, and reads the chosen source."""
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 15
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
    assert Path(DASHBOARD).stem == board["uid"]
