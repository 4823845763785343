"""What every generated client runs on."""

from brokerspec_runtime.cancellation import outcome_of
from brokerspec_runtime.client import DeviationWarning
from brokerspec_runtime.errors import (
    BrokerError,
    Deviation,
    InvalidArgument,
    InvalidRequest,
    LimitReached,
    NotFound,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    SessionExpired,
    UnexpectedResponse,
)
from brokerspec_runtime.flow import Response
from brokerspec_runtime.limits import Rate
from brokerspec_runtime.multipart import File
from brokerspec_runtime.request import RawResponse, Request
from brokerspec_runtime.retry import Retry
from brokerspec_runtime.secret import Secret
from brokerspec_runtime.token_store import (
    FileStore,
    MemoryStore,
    StoredToken,
    TokenStore,
    TokenStoreError,
    TokenStoreWarning,
)
from brokerspec_runtime.token_store_keyring import KeyringStore
from brokerspec_runtime.transport import (
    AsyncTransport,
    BodyTooLarge,
    InsecureConnection,
    Proxy,
    Timeout,
    Transport,
)

__all__ = [
    "AsyncTransport",
    "BodyTooLarge",
    "BrokerError",
    "Deviation",
    "DeviationWarning",
    "File",
    "FileStore",
    "InsecureConnection",
    "InvalidArgument",
    "InvalidRequest",
    "KeyringStore",
    "LimitReached",
    "MemoryStore",
    "NotFound",
    "NotSent",
    "OrderRejected",
    "OutcomeUnknown",
    "PermissionDenied",
    "Proxy",
    "Rate",
    "RateLimited",
    "RawResponse",
    "Rejected",
    "Request",
    "Response",
    "Retry",
    "Secret",
    "SessionExpired",
    "StoredToken",
    "Timeout",
    "TokenStore",
    "TokenStoreError",
    "TokenStoreWarning",
    "Transport",
    "UnexpectedResponse",
    "outcome_of",
]
