BEGIN TRANSACTION;
CREATE TABLE accounts (
	id INTEGER NOT NULL, 
	username VARCHAR(16) NOT NULL, 
	names VARCHAR NOT NULL, 
	dni VARCHAR(16) NOT NULL, 
	correo VARCHAR, 
	role VARCHAR(40) NOT NULL, 
	office VARCHAR(16) NOT NULL, 
	nivel VARCHAR(20), 
	seat VARCHAR NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	opened_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	opened_by INTEGER, 
	closed_by INTEGER, 
	password_hash VARCHAR, 
	password_expires_at DATETIME, 
	must_change BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(opened_by) REFERENCES cases (id), 
	FOREIGN KEY(closed_by) REFERENCES cases (id)
);
INSERT INTO "accounts" VALUES(1,'10203040','PÉREZ GARCÍA, Juan','10203040','juan.perez@correo.example','especialista-ugel','060004',NULL,'especialista-ugel/060004/','closed','2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000',NULL,1,NULL,NULL,1);
INSERT INTO "accounts" VALUES(2,'42871359','Rosa Elena Quispe Mamani','42871359','rosa.quispe@correo.example','especialista-ugel','060004',NULL,'especialista-ugel/060004/','active','2026-03-31 17:00:00.000000',NULL,1,NULL,'$argon2id$v=19$m=65536,t=3,p=4$FyRK5cDz2qxrMxvAgXx/fg$AEqikuwpqt++NNGHtBhqbnoW6d19komb32e4aXpFnto','2026-04-01 17:00:00.000000',1);
CREATE TABLE cases (
	id INTEGER NOT NULL, 
	dossier_id INTEGER NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	revision INTEGER NOT NULL, 
	section VARCHAR(8), 
	dni VARCHAR(16), 
	names VARCHAR, 
	seat VARCHAR, 
	asker VARCHAR NOT NULL, 
	record JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	corrections JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	due_at DATETIME, 
	reminded_at DATETIME, 
	reason VARCHAR, 
	decided_by VARCHAR, 
	decided_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(dossier_id) REFERENCES mails (id)
);
INSERT INTO "cases" VALUES(1,1,'done',1,'5.1','42871359','Rosa Elena Quispe Mamani','especialista-ugel/060004/','mesadepartes@ugelchota.example','{"section": "5.1", "role": "especialista-ugel", "role_name": "Especialista SIAGIE UGEL", "action": "alta", "office": "060004", "office_name": "UGEL CHOTA", "nivel": null, "names": "Rosa Elena Quispe Mamani", "dni": "42871359", "correo": "rosa.quispe@correo.example", "asker": "mesadepartes@ugelchota.example", "asker_verdict": "dmarc=pass", "forwarded": false, "previous": null, "documents": [{"name": "OFICIO N\u00b0 123.pdf", "sha256": "88f81b6b505fe95d13132b85fb3ddc662aa02dcb785826237a5da973f9a6dc85"}, {"name": "RD 456.pdf", "sha256": "9d1a3800e46ffe4d0723054cbe320712ffe965c62f16b1398a0e4f75957b0b4c"}], "findings": [{"requirement": "nombres", "label": "apellidos y nombres", "outcome": "met", "value": "Rosa Elena Quispe Mamani", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "dni", "label": "n\u00famero de DNI", "outcome": "met", "value": "42871359", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1", "RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "correo", "label": "correo electr\u00f3nico", "outcome": "met", "value": "rosa.quispe@correo.example", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficio", "label": "oficio", "outcome": "met", "value": "OFICIO N\u00b0 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "rd", "label": "resoluci\u00f3n de designaci\u00f3n", "outcome": "met", "value": "Resoluci\u00f3n Directoral N\u00b0 000456-2026-UGEL-CHOTA", "places": ["RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "firmante", "label": "firma autorizada", "outcome": "met", "value": "DIRECTOR DE LA UGEL CHOTA", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficina", "label": "oficina", "outcome": "met", "value": "UGEL CHOTA (060004)", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "solicitante", "label": "qui\u00e9n solicita", "outcome": "met", "value": "mesadepartes@ugelchota.example", "places": [], "note": null, "mend": null}], "closes": [{"id": 1, "names": "P\u00c9REZ GARC\u00cdA, Juan", "dni": "10203040", "correo": "juan.perez@correo.example", "opened": "2026-03-31"}]}','6f9e31dcf84d6fa280771f01eea97db4117eb3a927d9533e44b4143c511f3649','{}','2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000',NULL,NULL,NULL,'administrador.siagie@minedu.example','2026-03-31 17:00:00.000000');
CREATE TABLE events (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	actor VARCHAR NOT NULL, 
	case_id INTEGER, 
	mail_id INTEGER, 
	detail VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(case_id) REFERENCES cases (id), 
	FOREIGN KEY(mail_id) REFERENCES mails (id)
);
INSERT INTO "events" VALUES(1,'2026-03-31 17:00:00.000000','case_read','bot',1,1,'rev 1');
INSERT INTO "events" VALUES(2,'2026-03-31 17:00:00.000000','question_asked','bot',1,NULL,'to administrador.siagie@minedu.example');
INSERT INTO "events" VALUES(3,'2026-03-31 17:00:00.000000','reply_heard','administrador.siagie@minedu.example',1,2,'aprobar');
INSERT INTO "events" VALUES(4,'2026-03-31 17:00:00.000000','case_approved','administrador.siagie@minedu.example',1,2,NULL);
INSERT INTO "events" VALUES(5,'2026-03-31 17:00:00.000000','case_done','bot',1,NULL,NULL);
INSERT INTO "events" VALUES(6,'2026-03-31 17:00:00.000000','mail_set_aside','bot',NULL,3,'remitente sin comprobar: el servidor no dio su veredicto');
CREATE TABLE letters (
	id INTEGER NOT NULL, 
	message_id VARCHAR NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	recipient VARCHAR NOT NULL, 
	context JSON NOT NULL, 
	in_reply_to VARCHAR, 
	"references" JSON NOT NULL, 
	case_id INTEGER, 
	mail_id INTEGER, 
	question_id INTEGER, 
	account_id INTEGER, 
	status VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	error VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (message_id), 
	FOREIGN KEY(case_id) REFERENCES cases (id), 
	FOREIGN KEY(mail_id) REFERENCES mails (id), 
	FOREIGN KEY(question_id) REFERENCES questions (id), 
	FOREIGN KEY(account_id) REFERENCES accounts (id)
);
INSERT INTO "letters" VALUES(1,'<decider-question.1.977e3fad7726818f@mailbot.example>','decider-question','administrador.siagie@minedu.example','{"bot_name": "Usuarios SIAGIE", "number": 1, "section": "5.1", "role_name": "Especialista SIAGIE UGEL", "action": "alta", "office_name": "UGEL CHOTA", "nivel": null, "names": "Rosa Elena Quispe Mamani", "dni": "42871359", "correo": "rosa.quispe@correo.example", "asker": "mesadepartes@ugelchota.example", "asker_verdict": "dmarc=pass", "forwarded": false, "previous": null, "closes": [{"id": 1, "names": "P\u00c9REZ GARC\u00cdA, Juan", "dni": "10203040", "correo": "juan.perez@correo.example", "opened": "2026-03-31"}], "unmet": [], "met": [{"requirement": "nombres", "label": "apellidos y nombres", "outcome": "met", "value": "Rosa Elena Quispe Mamani", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "dni", "label": "n\u00famero de DNI", "outcome": "met", "value": "42871359", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1", "RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "correo", "label": "correo electr\u00f3nico", "outcome": "met", "value": "rosa.quispe@correo.example", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficio", "label": "oficio", "outcome": "met", "value": "OFICIO N\u00b0 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "rd", "label": "resoluci\u00f3n de designaci\u00f3n", "outcome": "met", "value": "Resoluci\u00f3n Directoral N\u00b0 000456-2026-UGEL-CHOTA", "places": ["RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "firmante", "label": "firma autorizada", "outcome": "met", "value": "DIRECTOR DE LA UGEL CHOTA", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficina", "label": "oficina", "outcome": "met", "value": "UGEL CHOTA (060004)", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}], "asker_name": "UGEL CHOTA", "expires": "2026-04-03T17:00:00+00:00", "subject": ""}',NULL,'[]',1,1,1,NULL,'sent',1,'2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000',NULL);
INSERT INTO "letters" VALUES(2,'<holder-credentials.2.81ce463d178a97f9@mailbot.example>','holder-credentials','rosa.quispe@correo.example','{"bot_name": "Usuarios SIAGIE", "number": 1, "section": "5.1", "role_name": "Especialista SIAGIE UGEL", "action": "alta", "office_name": "UGEL CHOTA", "nivel": null, "names": "Rosa Elena Quispe Mamani", "dni": "42871359", "correo": "rosa.quispe@correo.example", "asker": "mesadepartes@ugelchota.example", "asker_verdict": "dmarc=pass", "forwarded": false, "previous": null, "closes": [{"id": 1, "names": "P\u00c9REZ GARC\u00cdA, Juan", "dni": "10203040", "correo": "juan.perez@correo.example", "opened": "2026-03-31"}], "unmet": [], "met": [{"requirement": "nombres", "label": "apellidos y nombres", "outcome": "met", "value": "Rosa Elena Quispe Mamani", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "dni", "label": "n\u00famero de DNI", "outcome": "met", "value": "42871359", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1", "RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "correo", "label": "correo electr\u00f3nico", "outcome": "met", "value": "rosa.quispe@correo.example", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficio", "label": "oficio", "outcome": "met", "value": "OFICIO N\u00b0 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "rd", "label": "resoluci\u00f3n de designaci\u00f3n", "outcome": "met", "value": "Resoluci\u00f3n Directoral N\u00b0 000456-2026-UGEL-CHOTA", "places": ["RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "firmante", "label": "firma autorizada", "outcome": "met", "value": "DIRECTOR DE LA UGEL CHOTA", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficina", "label": "oficina", "outcome": "met", "value": "UGEL CHOTA (060004)", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}], "subject": "", "username": "42871359", "expires": "2026-04-01T17:00:00+00:00", "attempt": 1}',NULL,'[]',1,NULL,NULL,2,'sent',1,'2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000',NULL);
INSERT INTO "letters" VALUES(3,'<asker-opened.1.8b45f60394932fa6@mailbot.example>','asker-opened','mesadepartes@ugelchota.example','{"bot_name": "Usuarios SIAGIE", "number": 1, "section": "5.1", "role_name": "Especialista SIAGIE UGEL", "action": "alta", "office_name": "UGEL CHOTA", "nivel": null, "names": "Rosa Elena Quispe Mamani", "dni": "42871359", "correo": "rosa.quispe@correo.example", "asker": "mesadepartes@ugelchota.example", "asker_verdict": "dmarc=pass", "forwarded": false, "previous": null, "closes": [{"id": 1, "names": "P\u00c9REZ GARC\u00cdA, Juan", "dni": "10203040", "correo": "juan.perez@correo.example", "opened": "2026-03-31"}], "unmet": [], "met": [{"requirement": "nombres", "label": "apellidos y nombres", "outcome": "met", "value": "Rosa Elena Quispe Mamani", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "dni", "label": "n\u00famero de DNI", "outcome": "met", "value": "42871359", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1", "RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "correo", "label": "correo electr\u00f3nico", "outcome": "met", "value": "rosa.quispe@correo.example", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficio", "label": "oficio", "outcome": "met", "value": "OFICIO N\u00b0 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "rd", "label": "resoluci\u00f3n de designaci\u00f3n", "outcome": "met", "value": "Resoluci\u00f3n Directoral N\u00b0 000456-2026-UGEL-CHOTA", "places": ["RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "firmante", "label": "firma autorizada", "outcome": "met", "value": "DIRECTOR DE LA UGEL CHOTA", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficina", "label": "oficina", "outcome": "met", "value": "UGEL CHOTA (060004)", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}], "subject": "SOLICITO ALTA DE USUARIO SIAGIE - UGEL CHOTA"}','<d54c1f4f474076a26e61@ugelchota.example>','["<d54c1f4f474076a26e61@ugelchota.example>"]',1,1,NULL,NULL,'sent',1,'2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000',NULL);
INSERT INTO "letters" VALUES(4,'<displaced-closed.1.c68809ab06ebae98@mailbot.example>','displaced-closed','juan.perez@correo.example','{"bot_name": "Usuarios SIAGIE", "number": 1, "section": "5.1", "role_name": "Especialista SIAGIE UGEL", "action": "alta", "office_name": "UGEL CHOTA", "nivel": null, "names": "Rosa Elena Quispe Mamani", "dni": "42871359", "correo": "rosa.quispe@correo.example", "asker": "mesadepartes@ugelchota.example", "asker_verdict": "dmarc=pass", "forwarded": false, "previous": null, "closes": [{"id": 1, "names": "P\u00c9REZ GARC\u00cdA, Juan", "dni": "10203040", "correo": "juan.perez@correo.example", "opened": "2026-03-31"}], "unmet": [], "met": [{"requirement": "nombres", "label": "apellidos y nombres", "outcome": "met", "value": "Rosa Elena Quispe Mamani", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "dni", "label": "n\u00famero de DNI", "outcome": "met", "value": "42871359", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1", "RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "correo", "label": "correo electr\u00f3nico", "outcome": "met", "value": "rosa.quispe@correo.example", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficio", "label": "oficio", "outcome": "met", "value": "OFICIO N\u00b0 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "rd", "label": "resoluci\u00f3n de designaci\u00f3n", "outcome": "met", "value": "Resoluci\u00f3n Directoral N\u00b0 000456-2026-UGEL-CHOTA", "places": ["RD 456.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "firmante", "label": "firma autorizada", "outcome": "met", "value": "DIRECTOR DE LA UGEL CHOTA", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}, {"requirement": "oficina", "label": "oficina", "outcome": "met", "value": "UGEL CHOTA (060004)", "places": ["OFICIO N\u00b0 123.pdf, p\u00e1g. 1"], "note": null, "mend": null}], "subject": ""}',NULL,'[]',1,NULL,NULL,1,'sent',1,'2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000','2026-03-31 17:00:00.000000',NULL);
CREATE TABLE mails (
	id INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	raw BLOB, 
	size INTEGER NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity INTEGER NOT NULL, 
	uid INTEGER NOT NULL, 
	received_at DATETIME NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	kind VARCHAR(16), 
	reason VARCHAR, 
	attempts INTEGER NOT NULL, 
	message_id VARCHAR, 
	sender VARCHAR, 
	authenticated BOOLEAN, 
	vouched_by VARCHAR, 
	dossier_id INTEGER, 
	moved_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (folder, uidvalidity, uid), 
	UNIQUE (sha256), 
	FOREIGN KEY(dossier_id) REFERENCES mails (id)
);
INSERT INTO "mails" VALUES(1,'0f7804f304e0a76750c81b75a99290d4b2e04f6bd5c83796836f83ce6e5a1acd',X'52657475726E2D506174683A203C6D6573616465706172746573407567656C63686F74612E6578616D706C653E0D0A44656C6976657265642D546F3A20736961676965406D61696C626F742E6578616D706C650D0A52656365697665643A2066726F6D206D782E6D61696C626F742E6578616D706C6520285B3132372E302E302E315D290D0A09627920766D2077697468204C4D54500D0A096964207A4E584642792F46425774664E674141672B7A4464510D0A0928656E76656C6F70652D66726F6D203C6D6573616465706172746573407567656C63686F74612E6578616D706C653E290D0A09666F72203C736961676965406D61696C626F742E6578616D706C653E3B205475652C203234204E6F7620323032362031373A31313A3131202B303030300D0A52656365697665643A2066726F6D205B3132372E302E302E315D2028756E6B6E6F776E205B3132372E302E302E315D290D0A096279206D782E6D61696C626F742E6578616D706C652028506F73746669782920776974682045534D54502069642031343546393231433538370D0A09666F72203C736961676965406D61696C626F742E6578616D706C653E3B205475652C203234204E6F7620323032362031373A31313A3131202B303030302028555443290D0A52656365697665643A2066726F6D206D61696C2E7567656C63686F74612E6578616D706C6520286D61696C2E7567656C63686F74612E6578616D706C65205B3139322E302E322E3231335D290D0A096279206D782E6D61696C626F742E6578616D706C652028506F73746669782920776974682045534D54505320696420443534433146344634370D0A09666F72203C736961676965406D61696C626F742E6578616D706C653E3B205475652C203033204D617220323032362031303A31353A3030202D303530300D0A41757468656E7469636174696F6E2D526573756C74733A206D782E6D61696C626F742E6578616D706C653B20646D6172633D70617373206865616465722E66726F6D3D7567656C63686F74612E6578616D706C650D0A46726F6D3A20224D65736120646520506172746573202D205547454C2043686F746122203C6D6573616465706172746573407567656C63686F74612E6578616D706C653E0D0A546F3A20736961676965406D61696C626F742E6578616D706C650D0A5375626A6563743A20534F4C494349544F20414C5441204445205553554152494F20534941474945202D205547454C2043484F54410D0A446174653A205475652C203033204D617220323032362031303A31353A3030202D303530300D0A4D6573736167652D49443A203C6435346331663466343734303736613236653631407567656C63686F74612E6578616D706C653E0D0A4D494D452D56657273696F6E3A20312E300D0A436F6E74656E742D547970653A206D756C7469706172742F6D697865643B20626F756E646172793D226D69782D64353463316634663437343037366132220D0A0D0A2D2D6D69782D643534633166346634373430373661320D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D227574662D38220D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E74',29869,'INBOX',1795540271,1,'2026-03-31 17:00:00.000000','done','request',NULL,1,'<d54c1f4f474076a26e61@ugelchota.example>','mesadepartes@ugelchota.example',1,NULL,1,'2026-03-31 17:00:00.000000');
INSERT INTO "mails" VALUES(2,'1c6eb1688ed8feaaa2c139e330328a01f24306dd31f4bb4abf9430ec2ea852e0',X'52657475726E2D506174683A203C61646D696E6973747261646F722E736961676965406D696E6564752E6578616D706C653E0D0A44656C6976657265642D546F3A207369616769652B71377273627865647635757A696A777736686476666474766D36733266626733406D61696C626F742E6578616D706C650D0A52656365697665643A2066726F6D206D782E6D61696C626F742E6578616D706C6520285B3132372E302E302E315D290D0A09627920766D2077697468204C4D54500D0A096964204945636246444846425774664E674141672B7A4464510D0A0928656E76656C6F70652D66726F6D203C61646D696E6973747261646F722E736961676965406D696E6564752E6578616D706C653E290D0A09666F72203C7369616769652B71377273627865647635757A696A777736686476666474766D36733266626733406D61696C626F742E6578616D706C653E3B205475652C203234204E6F7620323032362031373A31313A3133202B303030300D0A52656365697665643A2066726F6D205B3132372E302E302E315D2028756E6B6E6F776E205B3132372E302E302E315D290D0A096279206D782E6D61696C626F742E6578616D706C652028506F73746669782920776974682045534D54502069642035314146313231433632390D0A09666F72203C7369616769652B71377273627865647635757A696A777736686476666474766D36733266626733406D61696C626F742E6578616D706C653E3B205475652C203234204E6F7620323032362031373A31313A3133202B303030302028555443290D0A52656365697665643A2066726F6D206D61696C2E6D696E6564752E6578616D706C6520286D61696C2E6D696E6564752E6578616D706C65205B3139322E302E322E3135375D290D0A096279206D782E6D61696C626F742E6578616D706C652028506F73746669782920776974682045534D54505320696420394445383842303636360D0A09666F72203C736961676965406D61696C626F742E6578616D706C653E3B205475652C203331204D617220323032362031323A30373A3030202D303530300D0A41757468656E7469636174696F6E2D526573756C74733A206D782E6D61696C626F742E6578616D706C653B20646D6172633D70617373206865616465722E66726F6D3D6D696E6564752E6578616D706C650D0A46726F6D3A2061646D696E6973747261646F722E736961676965406D696E6564752E6578616D706C650D0A546F3A20225573756172696F732053494147494522203C7369616769652B71377273627865647635757A696A777736686476666474766D36733266626733406D61696C626F742E6578616D706C653E0D0A5375626A6563743A2052653A205B5349414749452D315D20416C74613A20457370656369616C6973746120534941474945205547454C2C205547454C2043484F54410D0A446174653A205475652C203331204D617220323032362031323A30373A3030202D303530300D0A4D6573736167652D49443A203C3964653838623036363665623334653764336436406D696E6564752E6578616D706C653E0D0A496E2D5265706C792D546F3A203C646563696465722D7175657374696F6E2E312E39373765336661643737323638313866406D61696C62',3375,'INBOX',1795540271,2,'2026-03-31 17:00:00.000000','done','reply',NULL,1,'<9de88b0666eb34e7d3d6@minedu.example>','administrador.siagie@minedu.example',1,NULL,NULL,'2026-03-31 17:00:00.000000');
INSERT INTO "mails" VALUES(3,'c52d0925d791cb6fb48a170ac4cdb41caf106a4b8673745460ff93fb0c527952',X'52657475726E2D506174683A203C78406578616D706C652E6F72673E0D0A44656C6976657265642D546F3A20736961676965406D61696C626F742E6578616D706C650D0A52656365697665643A2066726F6D206D782E6D61696C626F742E6578616D706C6520285B3132372E302E302E315D290D0A09627920766D2077697468204C4D54500D0A096964207950537646544C46425774664E674141672B7A4464510D0A0928656E76656C6F70652D66726F6D203C78406578616D706C652E6F72673E290D0A09666F72203C736961676965406D61696C626F742E6578616D706C653E3B205475652C203234204E6F7620323032362031373A31313A3134202B303030300D0A52656365697665643A2066726F6D205B3132372E302E302E315D2028756E6B6E6F776E205B3132372E302E302E315D290D0A096279206D782E6D61696C626F742E6578616D706C652028506F73746669782920776974682045534D54502069642035383137353231433638460D0A09666F72203C736961676965406D61696C626F742E6578616D706C653E3B205475652C203234204E6F7620323032362031373A31313A3134202B303030302028555443290D0A52656365697665643A2066726F6D206D61696C2E7567656C63686F74612E6578616D706C6520286D61696C2E7567656C63686F74612E6578616D706C65205B3139322E302E322E3231335D290D0A096279206D782E6D61696C626F742E6578616D706C652028506F73746669782920776974682045534D54505320696420443534433146344634370D0A09666F72203C736961676965406D61696C626F742E6578616D706C653E3B205475652C203033204D617220323032362031303A31353A3030202D303530300D0A46726F6D3A20224D65736120646520506172746573202D205547454C2043686F746122203C6D6573616465706172746573407567656C63686F74612E6578616D706C653E0D0A546F3A20736961676965406D61696C626F742E6578616D706C650D0A5375626A6563743A206F7472612076657A2020534F4C494349544F20414C5441204445205553554152494F20534941474945202D205547454C2043484F54410D0A446174653A205475652C203033204D617220323032362031303A31353A3030202D303530300D0A4D6573736167652D49443A203C6435346331663466343734303736613236653631407567656C63686F74612E6578616D706C653E0D0A4D494D452D56657273696F6E3A20312E300D0A436F6E74656E742D547970653A206D756C7469706172742F6D697865643B20626F756E646172793D226D69782D64353463316634663437343037366132220D0A0D0A2D2D6D69782D643534633166346634373430373661320D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D227574662D38220D0A436F6E74656E742D5472616E736665722D456E636F64696E673A2071756F7465642D7072696E7461626C650D0A0D0A4275656E6F7320643D43333D414461732053722E2041646D696E6973747261646F72205349414749452C20706F7220656E636172676F2064656C204469726563746F72206465206C6120553D0D0A47454C2043686F74612072656D69746F20656C204F666963',29759,'INBOX',1795540271,3,'2026-03-31 17:00:00.000000','set_aside','unproven','remitente sin comprobar: el servidor no dio su veredicto',1,'<d54c1f4f474076a26e61@ugelchota.example>','mesadepartes@ugelchota.example',0,NULL,NULL,'2026-03-31 17:00:00.000000');
CREATE TABLE marks (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "marks" VALUES('schema','1');
INSERT INTO "marks" VALUES('digest_day','2026-03-31');
CREATE TABLE questions (
	id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	approver VARCHAR NOT NULL, 
	nonce VARCHAR(64) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	reminded_at DATETIME, 
	reply_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(case_id) REFERENCES cases (id), 
	UNIQUE (token_hash), 
	FOREIGN KEY(reply_id) REFERENCES mails (id)
);
INSERT INTO "questions" VALUES(1,1,1,1,'administrador.siagie@minedu.example','db52dc651987ff65f049593013ee9b0467ce4fe5d1fc625d411efd2c3ffd403d','a13404d53a879d29c5e8d3e4b50d8cb1aa7f628e66f4674f0ddefe1a95f62708','6f9e31dcf84d6fa280771f01eea97db4117eb3a927d9533e44b4143c511f3649','used','2026-03-31 17:00:00.000000','2026-04-03 17:00:00.000000',NULL,2);
CREATE TABLE school_addresses (
	email VARCHAR NOT NULL, 
	codigo_modular VARCHAR(7) NOT NULL, 
	PRIMARY KEY (email, codigo_modular)
);
CREATE TABLE schools (
	codigo_modular VARCHAR(7) NOT NULL, 
	anexo VARCHAR(1) NOT NULL, 
	name VARCHAR NOT NULL, 
	nivel VARCHAR(40) NOT NULL, 
	ugel VARCHAR(6) NOT NULL, 
	PRIMARY KEY (codigo_modular, anexo)
);
CREATE INDEX mails_to_process ON mails (status) WHERE status = 'new';
CREATE INDEX ix_mails_dossier_id ON mails (dossier_id);
CREATE INDEX ix_mails_message_id ON mails (message_id);
CREATE INDEX mails_to_move ON mails (folder, uidvalidity) WHERE moved_at IS NULL;
CREATE INDEX ix_schools_ugel ON schools (ugel);
CREATE INDEX ix_school_addresses_codigo_modular ON school_addresses (codigo_modular);
CREATE INDEX cases_open ON cases (status, due_at);
CREATE INDEX ix_cases_dossier_id ON cases (dossier_id);
CREATE INDEX ix_cases_dni ON cases (dni);
CREATE INDEX cases_seat ON cases (seat);
CREATE INDEX ix_questions_case_id ON questions (case_id);
CREATE INDEX ix_questions_expires_at ON questions (expires_at);
CREATE INDEX ix_accounts_office ON accounts (office);
CREATE INDEX ix_accounts_username ON accounts (username);
CREATE UNIQUE INDEX one_holder_per_seat ON accounts (seat) WHERE status = 'active';
CREATE INDEX ix_accounts_dni ON accounts (dni);
CREATE INDEX ix_events_mail_id ON events (mail_id);
CREATE INDEX ix_events_case_id ON events (case_id);
CREATE INDEX ix_letters_case_id ON letters (case_id);
CREATE INDEX ix_letters_mail_id ON letters (mail_id);
CREATE INDEX letters_due ON letters (status, due_at);
CREATE INDEX ix_letters_recipient ON letters (recipient);
COMMIT;
