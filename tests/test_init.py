"""The first run: `mailbot init` over the real servers, with the mistakes people make."""

import os
import stat
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from dotenv import dotenv_values
from house import ADMINISTRATOR, ANOTHER, BOT, COORDINATOR, HERE, USAU
from servers import Post
from test_ingest import token_endpoint

from mailbot import cli, diagnosis
from mailbot.cli import founding
from mailbot.config import ENV_FILE, FILE, Settings, read_settings
from mailbot.errors import ConfigError
from mailbot.procedures import read_guide
from mailbot.setup import writing
from mailbot.setup.interview import Answer
from mailbot.setup.presets import presets
from mailbot.setup.questions import CHAPTERS, TENANT

Init = Callable[..., Result]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine where mailbot was never set up."""
    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "etc"


@pytest.fixture
def init(folder: Path) -> Init:
    """Run the command as at a terminal; each argument after `typed` is an option."""

    def run(typed: str = "", *options: str) -> Result:
        return CliRunner().invoke(cli.commands, ["init", str(folder), *options], input=typed)

    return run


def typed(post: Post, **mistakes: str) -> str:
    """What a person types for Dovecot and Postfix; a mistake is typed first, then mended."""
    s = post.servers
    lines = {
        "provider": "dovecot",
        "address": BOT,
        "name": "",
        "auth": "password",
        "user": "",
        "password": s.password,
        "host": s.host,
        "tls": "implicit",
        "port": str(s.imaps_port),
        "imap trouble": f"corregir\n\n{s.cafile}",
        "smtp host": "",
        "smtp tls": "starttls",
        "smtp port": str(s.submission_port),
        "authserv_id": s.authserv_id,
        "minedu": ANOTHER,
        "ue": f"{ADMINISTRATOR}, {ANOTHER}",
        "coordinator": COORDINATOR,
        "usau": USAU,
    } | mistakes
    return "\n".join(lines.values()) + "\n"


def scripted(post: Post, **more: str) -> list[str]:
    s = post.servers
    settings = {
        "bot.address": BOT,
        "imap.host": s.host,
        "imap.port": s.imaps_port,
        "imap.cafile": s.cafile,
        "smtp.port": s.submission_port,
        "trust.authserv_id": s.authserv_id,
        "approvers.administrador-minedu": ANOTHER,
        "approvers.administrador-ue": ADMINISTRATOR,
    } | {key.replace("__", "."): value for key, value in more.items()}
    sets = [f"--set={key}={value}" for key, value in settings.items()]
    return ["--provider", "dovecot", "--yes", *sets]


def test_a_newcomer_gets_a_bot_that_works(
    post: Post, init: Init, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions answered, a foreign certificate mended: doctor and poll work with what it wrote."""
    result = init(typed(post))
    assert result.exit_code == 0, result.output
    assert "✘ IMAP: el certificado no lo firma ninguna autoridad conocida" in result.output
    assert "✔ IMAP" in result.output
    assert "✔ SMTP" in result.output
    assert post.servers.password not in result.output
    monkeypatch.setenv("MAILBOT_CONFIG", str(folder))
    examined = CliRunner().invoke(cli.commands, ["doctor", "--probe"])
    assert examined.output.count("✘") == 1, examined.output  # offices have no address yet
    assert "✔ Veredictos ajenos: mx.mailbot.example borra" in examined.output
    polled = CliRunner().invoke(cli.commands, ["poll"])
    assert "1 correos nuevos, 1 procesados" in polled.output  # the probe


def test_what_it_writes_is_commented_and_holds_no_secret(
    post: Post, init: Init, folder: Path
) -> None:
    """The file as shipped, with the answers in it; secrets in a file for its owner alone."""
    assert init(typed(post)).exit_code == 0
    text = (folder / FILE).read_text(encoding="utf-8")
    shipped = (HERE.parent / "config" / FILE).read_text(encoding="utf-8")
    assert text.count("#") == shipped.count("#")
    assert post.servers.password not in text
    values = tomllib.loads(text)
    assert values["approvers"]["administrador-ue"] == [ADMINISTRATOR, ANOTHER]
    assert values["imap"]["user"] == BOT
    assert stat.S_IMODE((folder / ENV_FILE).stat().st_mode) == 0o600
    secrets = dotenv_values(folder / ENV_FILE)
    assert secrets["MAILBOT_IMAP__PASSWORD"] == post.servers.password
    assert len({*secrets.values()}) == len(secrets) == 3
    assert min(len(secrets[f"MAILBOT_{key}"] or "") for key in ("SECRET", "DATA_KEY")) == 64
    assert {path.name for path in folder.iterdir()} == {FILE, ENV_FILE, *writing.RULES}


def test_scripts_ask_nothing(
    post: Post, init: Init, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--yes and --set: no question, the password from the environment, the servers tried."""
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", post.servers.password)
    result = init("", *scripted(post))
    assert result.exit_code == 0, result.output
    assert "✔ SMTP" in result.output
    assert read_settings(folder, read_guide(folder)).smtp.cafile == post.servers.cafile


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ({"password": "otra"}, "usuario o contraseña equivocados"),
        ({"port": "1"}, "nadie atiende en ese puerto"),
        ({"tls": "submission"}, "en ese puerto no se habla con cifrado desde el comienzo"),
        ({"host": "no-existe.invalid"}, "no existe un servidor con ese nombre"),
        ({"cafile": "no-hay.pem"}, "no existe el archivo de la autoridad"),
        ({"cafile": str(HERE / "conftest.py")}, "el archivo de la autoridad (cafile) no es"),
    ],
    ids=["password", "port", "tls", "host", "no cafile", "bad cafile"],
)
def test_a_mistake_is_named_and_a_script_leaves_nothing(  # noqa: PLR0913, PLR0917  fixtures
    post: Post,
    init: Init,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    mistake: dict[str, str],
    said: str,
) -> None:
    """Each mistake in one Spanish line; nothing is written."""
    wrong = {f"imap__{key}": value for key, value in mistake.items() if key != "password"}
    if "imap__tls" in wrong:
        wrong = {"imap__port": str(post.servers.smtp_port)}
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", mistake.get("password", post.servers.password))
    result = init("", *scripted(post, **wrong))
    assert f"✘ IMAP: {said}" in result.output
    assert isinstance(result.exception, ConfigError)
    assert "No se escribió nada" in str(result.exception)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("wrong", "mended"),
    [
        ({"password": "otra"}, "corregir\n\n{password}"),
        ({"port": "1"}, "corregir\n\n{port}"),
    ],
    ids=["password", "port"],
)
def test_a_person_mends_a_mistake_and_goes_on(
    post: Post, init: Init, folder: Path, wrong: dict[str, str], mended: str
) -> None:
    """Only what may be wrong is asked again; the rest stays."""
    s = post.servers
    right = mended.format(password=s.password, port=s.imaps_port)
    trust = f"corregir\n\n{s.cafile}"
    order = f"{trust}\n{right}" if "password" in wrong else f"{right}\n{trust}"
    result = init(typed(post, **wrong, **{"imap trouble": order}))
    assert result.exit_code == 0, result.output
    assert result.output.count("✘ IMAP") == 2
    assert (folder / FILE).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": f"no es\n{BOT}"}, "«no es» no es una dirección de correo"),
        ({"address": f"a@b.example, c@d.example\n{BOT}"}, "Escriba una dirección de correo"),
        ({"ue": f"{ADMINISTRATOR}, ana\n{ADMINISTRATOR}"}, "«ana» no es una dirección de correo"),
        ({"port": "99999\n{port}"}, "no está entre los admitidos"),
        ({"provider": "hotmail\ndovecot"}, "no es ninguna de estas"),
    ],
    ids=["address", "two addresses", "approvers", "port", "provider"],
)
def test_what_cannot_be_is_asked_again_at_once(
    post: Post, init: Init, wrong: dict[str, str], said: str
) -> None:
    """Nobody answers all the questions to learn at the end that the first was wrong."""
    port = post.servers.imaps_port
    result = init(typed(post, **{key: each.format(port=port) for key, each in wrong.items()}))
    assert result.exit_code == 0, result.output
    assert said in result.output


def test_an_interrupted_run_leaves_nothing(post: Post, init: Init, folder: Path) -> None:
    """The input ends in the middle, as at Ctrl-C."""
    result = init("\n".join(typed(post).splitlines()[:9]))
    assert result.exit_code == 1
    assert not folder.exists()


@pytest.mark.parametrize("name", [FILE, ENV_FILE, "offices.csv"])
def test_a_disk_that_fails_leaves_what_was_there(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever cannot be written: the folder is as before, and holds no half file."""
    folder.mkdir()
    (folder / FILE).write_text("antes", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(28, f"no space for {name}")

    monkeypatch.setattr(writing, {FILE: "_toml", ENV_FILE: "_env"}.get(name, "_read_back"), fail)
    with pytest.raises(OSError, match=name):
        writing.write(folder, {"bot.address": BOT})
    assert [path.name for path in folder.iterdir()] == [FILE]
    assert (folder / FILE).read_text(encoding="utf-8") == "antes"


# ------------------------------------------------------------------ what was there before


def test_nothing_is_overwritten_unasked_and_the_keys_stay(
    post: Post, init: Init, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run asks first, keeps the keys that opened the data, and the operator's offices."""
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", post.servers.password)
    assert init("", *scripted(post)).exit_code == 0
    before = dotenv_values(folder / ENV_FILE)
    (folder / "offices.csv").write_text("code,type,name,parent,emails\n", encoding="utf-8")
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", post.servers.password)
    refused = init("", *scripted(post))
    assert "--force" in str(refused.exception)
    assert init("n\n").exit_code == 1
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", post.servers.password)
    assert init("", *scripted(post, bot__name="Otro"), "--force").exit_code == 0
    assert dotenv_values(folder / ENV_FILE) == before
    assert (folder / "offices.csv").read_text(encoding="utf-8").count("\n") == 1
    assert read_settings(folder, read_guide(folder)).bot.name == "Otro"


def test_a_configuration_under_etc_keeps_its_data_where_the_service_may_write() -> None:
    """The unit can write to /var/lib/mailbot alone; elsewhere the data lies beside the file."""
    assert founding._database(Path("/etc/mailbot")) == {  # noqa: SLF001  /etc is not for tests
        "store.url": "sqlite:////var/lib/mailbot/mailbot.db"
    }
    assert founding._database(Path("/srv/mailbot")) == {}  # noqa: SLF001


# ------------------------------------------------------------------ the secrets' file


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_secrets_that_others_can_read_are_refused(
    post: Post, init: Init, folder: Path, mode: int
) -> None:
    """A file of secrets is for its owner alone, or the program does not start."""
    assert init(typed(post)).exit_code == 0
    (folder / ENV_FILE).chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_settings(folder, read_guide(folder))


def test_the_environment_wins_over_the_file(
    post: Post, init: Init, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a service manager passes counts."""
    assert init(typed(post)).exit_code == 0
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", "la del entorno")
    password = read_settings(folder, read_guide(folder)).imap.password
    assert password is not None
    assert password.get_secret_value() == "la del entorno"


@pytest.mark.parametrize("password", ["con espacio", 'do"ble', "#x", "$x", "a\\b", "=", "ñ", "a`b"])
def test_odd_passwords_come_back_as_they_were(folder: Path, password: str) -> None:
    """What a password holds does not matter to the file."""
    answers: dict[str, Answer] = {
        "bot.address": BOT,
        "imap.host": "x",
        "imap.user": "x",
        "smtp.host": "x",
        "imap.password": password,
        "approvers.administrador-minedu": [ANOTHER],
        "approvers.administrador-ue": [ANOTHER],
    }
    writing.write(folder, answers)
    found = read_settings(folder, read_guide(folder)).imap.password
    assert found is not None
    assert found.get_secret_value() == password


def test_a_secret_is_not_taken_from_the_command_line(init: Init) -> None:
    """Other users of the machine see the words of a command."""
    result = init("", "--provider", "gmail", "--yes", "--set", "imap.password=x")
    assert result.exit_code == 2
    assert "MAILBOT_IMAP__PASSWORD" in result.output


# ------------------------------------------------------------------ the tables


def test_every_key_that_is_asked_or_preset_is_a_setting() -> None:
    """No row names a setting that there is not, and every preset has its page."""
    asked = {q.key for chapter in CHAPTERS for q in chapter.questions} - {TENANT}
    keys = asked | {key for p in presets().values() for key in (*p.fixed, *p.offered)}
    assert len(keys) > 15
    for key in keys:
        section, _, name = key.partition(".")
        kind = Settings.model_fields[section].annotation
        assert section in ("approvers", "askers") or name in kind.model_fields, key  # type: ignore[union-attr]
    assert set(presets()) == {"gmail", "microsoft-365", "zimbra", "dovecot"}
    assert all((HERE.parent / preset.page).exists() for preset in presets().values())


@pytest.mark.parametrize("name", ["gmail", "microsoft-365"])
def test_a_known_provider_asks_for_no_server(
    folder: Path, init: Init, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Gmail and Microsoft 365: the address, the permission and who decides; nothing else."""
    monkeypatch.setenv("MAILBOT_OAUTH__CLIENT_SECRET", "s")
    monkeypatch.setenv("MAILBOT_OAUTH__REFRESH_TOKEN", "r")
    sets = {
        "bot.address": BOT,
        "imap.auth": "xoauth2",
        "tenant": "contoso",
        "oauth.client_id": "c",
        "approvers.administrador-minedu": ANOTHER,
        "approvers.administrador-ue": ADMINISTRATOR,
    }
    words = [f"--set={key}={value}" for key, value in sets.items()]
    result = init("", "--provider", name, "--yes", "--no-try", *words)
    assert result.exit_code == 0, result.output
    settings = read_settings(folder, read_guide(folder))
    assert settings.imap.auth == settings.smtp.auth == "xoauth2"
    assert settings.smtp.user == BOT
    assert settings.imap.host.startswith(("imap.gmail.com", "outlook.office365.com"))
    assert ("contoso" in settings.oauth.token_url) == (name == "microsoft-365")


def test_the_permission_is_tried_before_the_mailbox(
    post: Post, init: Init, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """XOAUTH2: a token is asked for, then it logs in to both servers; without one, that is told."""
    s = post.servers
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the endpoint of the tests has no TLS
    with token_endpoint(s.oauth_token) as url:
        for token_url, works in (("http://127.0.0.1:1/token", False), (url, True)):
            monkeypatch.setenv("MAILBOT_OAUTH__CLIENT_SECRET", "secreto")
            oauth = {
                "imap__auth": "xoauth2",
                "imap__user": s.oauth_user,
                "oauth__client_id": "bot",
                "oauth__scope": "correo",
                "oauth__token_url": token_url,
            }
            result = init("", *scripted(post, **oauth))
            assert (result.exit_code == 0) == works, result.output
            assert ("✘ OAuth: no se obtuvo el permiso (token)" in result.output) != works
            assert folder.exists() == works
    assert "✔ IMAP" in result.output
    assert "✔ SMTP" in result.output


def _errors() -> Iterator[tuple[BaseException, str]]:
    yield TimeoutError("timed out"), "no contestó a tiempo"
    yield ConnectionRefusedError(111, "refused"), "nadie atiende"
    outer = OSError("x")
    outer.__cause__ = ConnectionRefusedError(111, "refused")
    yield outer, "nadie atiende"


@pytest.mark.parametrize(("error", "said"), list(_errors()))
def test_an_error_is_told_in_spanish_with_its_own_words_behind(
    error: BaseException, said: str
) -> None:
    """What it means first, and what the system said for whoever administers it."""
    assert diagnosis.in_words(error).startswith(said)
    assert str(error) in diagnosis.in_words(error)


def test_an_error_nobody_foresaw_keeps_its_words() -> None:
    """No row fits: nothing is made up."""
    assert diagnosis.in_words(ValueError("algo nuevo")) == "algo nuevo"
