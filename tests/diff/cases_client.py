"""Changes of the constructor, the session and the sign-in, and of words only."""

from __future__ import annotations

import inspect

from diff.base_spec import ORDER, Broker, Case, Made, client, request
from diff.cases_methods import GET

MAKE = 'PKG.Client(api_key="k", user="u")'
USER = "  user: {description: User., required: true}\n"
CHANNEL = "  channel: {description: Channel., default: web}\n"
SIGN_IN_PATHS = """\
  /authorize:
    get:
      operationId: authorization_url
      x-sign-in: authorize
      security: []
      responses: {'302': {description: Back.}}
  /token:
    post:
      operationId: fetch_token
      x-sign-in: token
      security: []
      requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object,
        required: [code], properties: {code: {type: string, x-secret: true}}}}}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/Access'}}}}}
"""
OAUTH = (
    "    oauth: {type: oauth2, x-credential: token,"
    " flows: {authorizationCode: {scopes: {a: A.}}}}\n"
)
ROLES = (
    "  app_id: {role: oauth-client-id, description: Id.}\n"
    "  app_secret: {role: oauth-client-secret, description: Secret., x-secret: true}\n"
    "  redirect_uri: {role: oauth-redirect-uri, description: Back., default: 'http://127.0.0.1:5000/'}\n"
)
ACCESS = "    Access: {type: object, properties: {token: {type: string}}}\n"
SIGN_IN = (
    ("  /logout:\n", f"{SIGN_IN_PATHS}  /logout:\n"),
    ("    bearer: {type", f"{OAUTH}    bearer: {{type"),
    ("x-session:\n", f"{ROLES}x-session:\n"),
    ("    Mark:\n", f"{ACCESS}    Mark:\n"),
)
NO_SIGN_IN = (
    (SIGN_IN_PATHS, ""), (OAUTH, ""), (ACCESS, ""),
)  # fmt: skip
ADDED_ROLES = (("setting-added", "compatible"),) * 3
STEP = """\
  /step:
    post:
      operationId: step
      x-safety: idempotent
      requestBody: {content: {application/json: {schema: {type: object, %s
        properties: {otp: {type: string}}}}}}
      responses: {'200': {description: Done., content: {application/json: {schema:
        {$ref: '#/components/schemas/Login'}}}}}
"""
SESSION = """\
x-session:
  open: [login]
  close: logout
  tokens: {token: {operation: login, pointer: /jwt}}
"""
OPTIONAL_STEP, REQUIRED_STEP = STEP % "", STEP % "required: [otp],"
SECOND_READ = "      x-correlate: {argument: tag, read: list_marks, field: /tag}\n"
REPLACE = """\
    put:
      operationId: replace_order
      x-correlate: {argument: tag, read: list_marks, field: /tag}
      requestBody: {content: {application/json: {schema: {type: object,
        properties: {tag: {type: string}}}}}}
      responses: {'204': {description: Done.}}
"""


def holds(made: Made, *calls: str) -> list[str]:
    """Return what a client sends as its token after some calls."""
    broker = Broker({"jwt": "new", **ORDER})
    made_client = client(made, broker)
    for name in calls:
        getattr(made_client, name)(**({"password": "p"} if name == "login" else {}))
    made_client.get_order(number="1")
    return [value for name, value in broker.last.headers.items() if name == "Authorization"]


def default(made: Made, name: str) -> object:
    """Return the default of an argument of the constructor."""
    return inspect.signature(made.module.Client).parameters[name].default


SETTINGS = [
    Case("an optional setting", "setting-added", "compatible",
         ((CHANNEL, f"{CHANNEL}  app: {{description: App., required: false}}\n"),), MAKE,
         news='PKG.Client(api_key="k", user="u", app="a")'),
    Case("a required setting", "setting-added", "breaking",
         ((CHANNEL, f"{CHANNEL}  app: {{description: App.}}\n"),), MAKE),
    Case("no setting", "setting-removed", "breaking", ((CHANNEL, ""),),
         'PKG.Client(api_key="k", user="u", channel="c")'),
    Case("another name", "setting-renamed", "breaking",
         ((USER, USER.replace("user:", "user_id:")),
          ("x-credential: user", "x-credential: user_id")),
         MAKE, also=(("credential-use-changed", "compatible"),)),
    Case("another name of the server", "setting-renamed", "breaking",
         ((CHANNEL, f"{CHANNEL}  gateway: {{role: server, description: Host.}}\n"),),
         'PKG.Client(api_key="k", user="u", server="https://x.example")',
         also=(("documentation-changed", "documentation"),)),
    Case("a setting becomes required", "setting-now-required", "breaking",
         ((CHANNEL, "  channel: {description: Channel.}\n"),), MAKE),
    Case("no host is known any more", "setting-now-required", "breaking",
         (("description: Main.}", "description: Main., x-placeholder: true}"),), MAKE,
         also=(("documentation-changed", "documentation"),)),
    Case("a setting becomes optional", "setting-now-optional", "compatible",
         ((USER, "  user: {description: User., required: false}\n"),), MAKE,
         news='PKG.Client(api_key="k")'),
    Case("another default", "setting-default-changed", "breaking",
         (("default: web", "default: mobile"),), MAKE,
         shows=lambda made: default(made, "channel"), seen=("web", "mobile")),
    Case("a setting becomes secret", "setting-now-secret", "compatible",
         ((USER, USER.replace("required", "x-secret: true, required")),), MAKE,
         news='PKG.Client(api_key="k", user=Secret("u"))'),
    Case("a setting is no secret", "setting-no-longer-secret", "breaking",
         (("description: Key., x-secret: true", "description: Key."),),
         'PKG.Client(api_key=Secret("k"), user="u")'),
    Case("another role", "setting-role-changed", "compatible",
         ((CHANNEL, CHANNEL.replace("default", "role: oauth-redirect-uri, default")),), MAKE,
         shows=lambda made: "channel," in made.files["client.py"].partition("limits=")[2],
         seen=(True, False)),
    Case("another host", "host-changed", "compatible",
         (("https://api.example.com", "https://v2.example.com"),), MAKE,
         shows=lambda made: request(made, lambda c: c.get_order(number="1")).url[:22],
         seen=("https://api.example.co", "https://v2.example.com")),
    Case("another zone", "time-zone-changed", "breaking",
         (("x-time-zone: Asia/Kolkata", "x-time-zone: UTC"),),
         'x: datetime | None = client.get_order(number="1").placed',
         shows=lambda made: str(client(made, Broker(ORDER)).get_order(number="1").placed),
         seen=("2024-02-01 09:15:00+05:30", "2024-02-01 09:15:00+00:00")),
]  # fmt: skip

MACHINE = (
    "    machine: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://one.example.com',"
    " scopes: {}}}}\n"
)
SESSIONS = [
    Case("tokens from another server", "token-fetching-changed", "compatible",
         (("https://one.example.com", "https://two.example.com"),), GET,
         before=(("security: [{bearer: []}]", "security: [{bearer: []}, {machine: []}]"),
                 ("  securitySchemes:\n", f"  securitySchemes:\n{MACHINE}")),
         shows=lambda made: made.module.Client._oauth2[0].token_url,
         seen=("https://one.example.com", "https://two.example.com")),
    Case("no call closes", "session-changed", "compatible", (("  close: logout\n", ""),),
         "client.logout()", shows=lambda made: made.operations.LOGOUT.closes_session,
         seen=(True, False)),
    Case("a token", "token-added", "compatible", (("security: [{b", f"{SESSION}security: [{{b"),),
         GET, before=((SESSION, ""),),
         shows=lambda made: holds(made, "login"), seen=(["Bearer t"], ["Bearer new"]),
         also=(("open-session-added", "compatible"), *(("session-changed", "compatible"),) * 2)),
    Case("no token", "token-removed", "breaking", ((SESSION, ""),), GET,
         shows=lambda made: holds(made, "login"), seen=(["Bearer new"], ["Bearer t"]),
         also=(("open-session-removed", "breaking"), *(("session-changed", "compatible"),) * 2)),
    Case("a token ends", "token-changed", "compatible",
         (("pointer: /jwt}", "pointer: /jwt, expires: '23:00'}"),), GET,
         shows=lambda made: made.operations.LOGIN.grants[0].expires, seen=("", "23:00")),
    Case("a chain", "open-session-added", "compatible",
         (("security: [{b", f"{SESSION}security: [{{b"),), GET,
         before=((SESSION, ""),), news='client.open_session(password="p")',
         also=(("token-added", "compatible"), *(("session-changed", "compatible"),) * 2)),
    Case("no chain", "open-session-removed", "breaking", ((SESSION, ""),),
         'client.open_session(password="p")',
         also=(("token-removed", "breaking"), *(("session-changed", "compatible"),) * 2)),
    Case("a chain that needs more", "open-session-changed", "breaking",
         (("open: [login]", "open: [login, step]"),), 'client.open_session(password="p")',
         before=(("  /logout:\n", f"{REQUIRED_STEP}  /logout:\n"),),
         also=(("session-changed", "compatible"),)),
    Case("a chain of more calls", "open-session-changed", "compatible",
         (("open: [login]", "open: [login, step]"),), 'client.open_session(password="p")',
         before=(("  /logout:\n", f"{OPTIONAL_STEP}  /logout:\n"),),
         also=(("session-changed", "compatible"),),
         news='client.open_session(password="p", otp="1")'),
    Case("orders can be found", "reconcile-added", "compatible",
         (("      x-rate-limit: orders\n", f"      x-rate-limit: orders\n{SECOND_READ}"),), GET,
         before=((SECOND_READ, ""),), news='client.reconcile("1")',
         also=(("order-id-added", "compatible"),)),
    Case("orders cannot be found", "reconcile-removed", "breaking", ((SECOND_READ, ""),),
         'client.reconcile("1")', also=(("order-id-removed", "breaking"),)),
    Case("more orders can be found", "reconcile-changed", "compatible",
         (("  /marks:\n", f"{REPLACE}  /marks:\n"),), 'client.reconcile("1")',
         also=(("method-added", "compatible"),), news="client.replace_order()"),
    Case("other rows", "reconcile-changed", "breaking",
         (("read: list_marks", "read: list_places"),),
         'from brokerspec_runtime.reconcile import Found\nfound = client.reconcile("1")\n'
         "if isinstance(found, Found):\n    x: PKG.Mark = found.order",
         before=(("  /marks:\n", """\
  /places:
    get:
      operationId: list_places
      responses: {'200': {description: Done., content: {application/json: {schema:
        {type: array, items: {type: object, title: Place, properties: {tag: {type: string}}}}}}}}
  /marks:
"""),), also=(("order-id-changed", "compatible"),)),
    Case("a sign-in", "sign-in-added", "compatible", SIGN_IN, MAKE,
         news='client.sign_in_by_paste', also=(*ADDED_ROLES, ("model-added", "compatible"))),
    Case("no sign-in", "sign-in-removed", "breaking", NO_SIGN_IN, "client.sign_in_by_paste",
         before=SIGN_IN, also=(("model-removed", "breaking"),)),
    Case("another scope", "sign-in-changed", "compatible",
         (("scopes: {a: A.}", "scopes: {b: B.}"),),
         "client.sign_in_by_paste", before=SIGN_IN,
         shows=lambda made: scope(made), seen=("a", "b")),
    Case("another token", "sign-in-changed", "breaking",
         (("        {$ref: '#/components/schemas/Access'}", "        {type: string}"),),
         'x: PKG.Access = client.sign_in_by_paste()', before=SIGN_IN,
         also=(("model-removed", "breaking"),)),
]  # fmt: skip


def scope(made: Made) -> object:
    """Return the scope that a client asks for."""
    return made.module.Client._oauth.scope


WORDS = [
    Case("the words of a method", "documentation-changed", "documentation",
         (("summary: List the orders.", "summary: Read the orders."),), GET,
         shows=lambda made: "Read the orders." in made.files["client.py"], seen=(False, True)),
    Case("the words of a field", "documentation-changed", "documentation",
         (("description: Price.", "description: Price in rupees."),), GET),
    Case("the words of an argument", "documentation-changed", "documentation",
         (("description: Note.", "description: A note."),), GET),
    Case("the words of a value", "documentation-changed", "documentation",
         (("[Buy., Sell.]", "[To buy., Sell.]"),), GET),
    Case("the edition of the document", "documentation-changed", "documentation",
         (("version: 1.2.0", "version: 1.3.0"),), GET),
]  # fmt: skip
