"""What every generated client runs on."""

from .cancellation import outcome_of
from .client import DeviationWarning
from .errors import (
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
from .flow import Response
from .limits import Rate
from .multipart import File
from .request import RawResponse, Request
from .retry import Retry
from .secret import Secret
from .token_store import (
    AccountStore,
    FileStore,
    MemoryStore,
    StoredToken,
    TokenStore,
    TokenStoreError,
    TokenStoreWarning,
)
from .token_store_keyring import KeyringStore
from .transport import (
    AsyncTransport,
    BodyTooLarge,
    InsecureConnection,
    Proxy,
    Timeout,
    Transport,
)

__all__ = [
    "AccountStore",
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
