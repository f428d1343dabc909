"""The gate refuses a header, or every reader we have finds the one same address in it."""

from mailparser.exceptions import MailParserError
from readers import READERS
from test_espoofer import CASES, built
from test_header_agreement import NAMES, PIECES

from fuzz.inputs import mixed, sample_mails
from mailbot.parsers import headers
from mailbot.parsers.mail import Malformed, read_mail
from mailbot.trust import Untrustworthy, bounded, fields_of, from_address

WORDS = (
    *(piece.encode() for piece in (*NAMES, *PIECES)),
    *(b"\nFrom: ", b"\nSender: ", b"\nReply-To: ", b"\n\n", b"From:", b"\r\n\r\n", b"\n ", b"\n\t"),
    *(b"Content-Type: message/rfc822\n", b"Content-Type: multipart/mixed; boundary=b\n", b"\xa0"),
)


def seeds() -> list[bytes]:
    """What espoofer sends, an ordinary header of every form, and the heads of the samples."""
    names = [f"From: {name} <a@minedu.example>\r\nTo: b@c.example\r\n\r\nx" for name in NAMES]
    heads = [raw.replace(b"\r\n", b"\n").split(b"\n\n")[0] + b"\n\nx" for raw in sample_mails()]
    return [*(built(case) for case in CASES.values()), *(n.encode() for n in names), *heads]


def check(data: bytes) -> None:
    """One address or none, whoever reads; a reader may break only where the mail is refused."""
    try:
        bounded(data)
        address = from_address(fields_of(data))
    except Untrustworthy:
        return
    for reader in READERS:
        try:
            found = reader(data)
        except (MailParserError, *headers.BREAKS):
            assert _is_refused(data), reader.__name__
        else:
            assert found == {address}, (reader.__name__, found, address)


def _is_refused(data: bytes) -> bool:
    try:
        read_mail(data)
    except Malformed:
        return True
    return False


INPUTS = mixed(seeds(), WORDS)
