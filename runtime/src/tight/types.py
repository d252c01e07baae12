"""Types of events and of the context, for annotations only: `from tight.types import RestApiEvent`.

A key that AWS does not always send is optional. The shapes are those of the API Gateway, Elastic Load Balancing,
Lambda, S3 and EventBridge guides; parts that vary by configuration are left open.
"""

from typing import Any, Literal, Protocol, TypedDict

Event = dict[str, Any]


class LambdaContext(Protocol):
    """What Lambda hands over beside the event: "Using the Lambda context object" in the Lambda developer guide."""

    aws_request_id: str
    function_name: str
    function_version: str
    invoked_function_arn: str
    log_group_name: str
    log_stream_name: str
    memory_limit_in_mb: str
    client_context: Any
    identity: Any

    def get_remaining_time_in_millis(self) -> int: ...


class RestApiIdentity(TypedDict, total=False):
    accessKey: str | None
    accountId: str | None
    apiKey: str | None
    caller: str | None
    cognitoAuthenticationProvider: str | None
    cognitoIdentityId: str | None
    sourceIp: str
    user: str | None
    userAgent: str | None
    userArn: str | None


class RestApiContext(TypedDict, total=False):
    accountId: str
    apiId: str
    authorizer: dict[str, Any]
    domainName: str
    domainPrefix: str
    extendedRequestId: str
    httpMethod: str
    identity: RestApiIdentity
    path: str
    protocol: str
    requestId: str
    requestTime: str
    requestTimeEpoch: int
    resourceId: str
    resourcePath: str
    stage: str


class RestApiEvent(TypedDict, total=False):
    """REST API, payload 1.0."""

    resource: str
    path: str
    httpMethod: str
    headers: dict[str, str] | None
    multiValueHeaders: dict[str, list[str]] | None
    queryStringParameters: dict[str, str] | None
    multiValueQueryStringParameters: dict[str, list[str]] | None
    pathParameters: dict[str, str] | None
    stageVariables: dict[str, str] | None
    requestContext: RestApiContext
    body: str | None
    isBase64Encoded: bool


class HttpApiHttp(TypedDict, total=False):
    method: str
    path: str
    protocol: str
    sourceIp: str
    userAgent: str


class HttpApiContext(TypedDict, total=False):
    accountId: str
    apiId: str
    authorizer: dict[str, Any]
    domainName: str
    domainPrefix: str
    http: HttpApiHttp
    requestId: str
    routeKey: str
    stage: str
    time: str
    timeEpoch: int


class HttpApiEvent(TypedDict, total=False):
    """HTTP API, payload 2.0; a Function URL sends the same."""

    version: Literal["2.0"]
    routeKey: str
    rawPath: str
    rawQueryString: str
    cookies: list[str]
    headers: dict[str, str]
    queryStringParameters: dict[str, str]
    pathParameters: dict[str, str]
    stageVariables: dict[str, str]
    requestContext: HttpApiContext
    body: str
    isBase64Encoded: bool


class LoadBalancerEvent(TypedDict, total=False):
    """Application Load Balancer; the target group says whether fields come once or as lists."""

    httpMethod: str
    path: str
    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    queryStringParameters: dict[str, str]
    multiValueQueryStringParameters: dict[str, list[str]]
    requestContext: dict[str, Any]
    body: str
    isBase64Encoded: bool


class ProxyAnswer(TypedDict, total=False):
    """What any of the gateways is answered."""

    statusCode: int
    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    cookies: list[str]
    body: str
    isBase64Encoded: bool


class TokenAuthorizerEvent(TypedDict):
    """REST API, authorizer of type TOKEN."""

    type: Literal["TOKEN"]
    authorizationToken: str
    methodArn: str


class RequestAuthorizerEvent(RestApiEvent, total=False):
    """REST API, WebSocket API, and HTTP API of payload 1.0, authorizer of type REQUEST."""

    type: Literal["REQUEST"]
    methodArn: str
    identitySource: str
    authorizationToken: str


class HttpApiAuthorizerEvent(TypedDict, total=False):
    """HTTP API, authorizer of payload 2.0."""

    version: Literal["2.0"]
    type: Literal["REQUEST"]
    routeArn: str
    identitySource: list[str] | None
    routeKey: str
    rawPath: str
    rawQueryString: str
    cookies: list[str]
    headers: dict[str, str]
    queryStringParameters: dict[str, str]
    pathParameters: dict[str, str]
    stageVariables: dict[str, str]
    requestContext: HttpApiContext


class CustomResourceEvent(TypedDict, total=False):
    """CloudFormation, custom resource."""

    RequestType: Literal["Create", "Update", "Delete"]
    ResponseURL: str
    StackId: str
    RequestId: str
    ResourceType: str
    LogicalResourceId: str
    PhysicalResourceId: str
    ResourceProperties: dict[str, Any]
    OldResourceProperties: dict[str, Any]


class CognitoEvent(TypedDict, total=False):
    """Cognito user pool, any trigger; the function returns the event with its `response` filled in."""

    version: str
    triggerSource: str
    region: str
    userPoolId: str
    userName: str
    callerContext: dict[str, str | None]
    request: dict[str, Any]
    response: dict[str, Any]


class SqsAttribute(TypedDict, total=False):
    stringValue: str
    binaryValue: str | None
    stringListValues: list[str]
    binaryListValues: list[str]
    dataType: str


class SqsRecord(TypedDict, total=False):
    messageId: str
    receiptHandle: str
    body: str
    attributes: dict[str, str]
    messageAttributes: dict[str, SqsAttribute]
    md5OfBody: str
    md5OfMessageAttributes: str | None
    eventSource: Literal["aws:sqs"]
    eventSourceARN: str
    awsRegion: str


class SqsEvent(TypedDict):
    Records: list[SqsRecord]


class SnsMessage(TypedDict, total=False):
    Type: Literal["Notification"]
    MessageId: str
    TopicArn: str
    Subject: str | None
    Message: str
    Timestamp: str
    SignatureVersion: str
    Signature: str
    SigningCertUrl: str
    UnsubscribeUrl: str
    MessageAttributes: dict[str, dict[str, str]]


class SnsRecord(TypedDict):
    EventSource: Literal["aws:sns"]
    EventVersion: str
    EventSubscriptionArn: str
    Sns: SnsMessage


class SnsEvent(TypedDict):
    Records: list[SnsRecord]


class KinesisData(TypedDict):
    kinesisSchemaVersion: str
    partitionKey: str
    sequenceNumber: str
    data: str
    approximateArrivalTimestamp: float


class KinesisRecord(TypedDict):
    kinesis: KinesisData
    eventSource: Literal["aws:kinesis"]
    eventVersion: str
    eventID: str
    eventName: str
    invokeIdentityArn: str
    awsRegion: str
    eventSourceARN: str


class KinesisEvent(TypedDict):
    Records: list[KinesisRecord]


class StreamData(TypedDict, total=False):
    ApproximateCreationDateTime: float
    Keys: dict[str, dict[str, Any]]
    NewImage: dict[str, dict[str, Any]]
    OldImage: dict[str, dict[str, Any]]
    SequenceNumber: str
    SizeBytes: int
    StreamViewType: Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]


class StreamRecord(TypedDict, total=False):
    eventID: str
    eventName: Literal["INSERT", "MODIFY", "REMOVE"]
    eventVersion: str
    eventSource: Literal["aws:dynamodb"]
    awsRegion: str
    dynamodb: StreamData
    eventSourceARN: str
    userIdentity: dict[str, str]


class DynamoDbEvent(TypedDict):
    Records: list[StreamRecord]


class S3Record(TypedDict, total=False):
    eventVersion: str
    eventSource: Literal["aws:s3"]
    awsRegion: str
    eventTime: str
    eventName: str
    userIdentity: dict[str, str]
    requestParameters: dict[str, str]
    responseElements: dict[str, str]
    s3: dict[str, Any]
    glacierEventData: dict[str, Any]


class S3Event(TypedDict):
    Records: list[S3Record]


# Its keys are no names of Python.
EventBridgeEvent = TypedDict(
    "EventBridgeEvent",
    {
        "version": str,
        "id": str,
        "detail-type": str,
        "source": str,
        "account": str,
        "time": str,
        "region": str,
        "resources": list[str],
        "detail": dict[str, Any],
    },
)


class BatchItemFailure(TypedDict):
    itemIdentifier: str


class BatchAnswer(TypedDict):
    """Which records of a batch come again."""

    batchItemFailures: list[BatchItemFailure]


ScheduledEvent = TypedDict(
    "ScheduledEvent",
    {
        "version": str,
        "id": str,
        "detail-type": str,
        "source": str,
        "account": str,
        "time": str,
        "region": str,
        "resources": list[str],
        "detail": dict[str, Any] | str,
    },
    total=False,
)
"""A run of a schedule. `detail` is an empty object of a rule, a text of EventBridge Scheduler."""


class RabbitMqProperties(TypedDict, total=False):
    """What the publisher left out is None. A header's text comes as {"bytes": [...]}."""

    contentType: str | None
    contentEncoding: str | None
    headers: dict[str, Any]
    deliveryMode: int | None
    priority: int | None
    correlationId: str | None
    replyTo: str | None
    expiration: str | None
    messageId: str | None
    timestamp: str | None
    type: str | None
    userId: str | None
    appId: str | None
    clusterId: str | None
    bodySize: int


class RabbitMqMessage(TypedDict, total=False):
    """`data` is base64. `exchange` and `routingKey` are there in `invoke serve` and the host, not in Lambda."""

    basicProperties: RabbitMqProperties
    redelivered: bool
    data: str
    exchange: str
    routingKey: str


class RabbitMqEvent(TypedDict, total=False):
    """Amazon MQ for RabbitMQ; the key of a queue's messages is `queue::virtual host`."""

    eventSource: Literal["aws:rmq"]
    eventSourceArn: str
    rmqMessagesByQueue: dict[str, list[RabbitMqMessage]]


class WebSocketContext(TypedDict, total=False):
    routeKey: str
    eventType: Literal["CONNECT", "MESSAGE", "DISCONNECT"]
    messageDirection: Literal["IN"]
    connectionId: str
    connectedAt: int
    messageId: str
    disconnectStatusCode: int
    disconnectReason: str
    requestId: str
    extendedRequestId: str
    requestTime: str
    requestTimeEpoch: int
    stage: str
    domainName: str
    apiId: str
    identity: dict[str, str]
    authorizer: dict[str, Any]


class WebSocketEvent(TypedDict, total=False):
    """WebSocket API. Headers and query come with $connect; in the host also `resource`, `path` and `pathParameters`."""

    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    queryStringParameters: dict[str, str]
    multiValueQueryStringParameters: dict[str, list[str]]
    requestContext: WebSocketContext
    body: str
    isBase64Encoded: bool
    resource: str
    path: str
    pathParameters: dict[str, str]
