"""S/MIME and .p7m: what a signature encloses.

Only unwrapped, never verified: who sent a mail is proven by `trust`, not by its signature. Pure.
"""

from asn1crypto import cms

from mailbot.parsers.problems import DAMAGED, Unopenable

_HIDDEN = ("enveloped_data", "encrypted_data", "authenticated_enveloped_data")


def signed_content(data: bytes) -> bytes:
    """What a signed-data encloses (RFC 5652, 5); Unopenable when it is encrypted or broken."""
    try:
        info = cms.ContentInfo.load(data)
        kind = info["content_type"].native
        if kind in _HIDDEN:
            raise Unopenable("está cifrado: envíelo sin cifrar")
        if kind != "signed_data":
            raise Unopenable("es un archivo «p7m»: envíe el documento en PDF")
        return bytes(info["content"]["encap_content_info"]["content"])
    except (ValueError, TypeError, KeyError) as error:
        raise Unopenable(DAMAGED) from error
