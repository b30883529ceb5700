package import AWSClient
import LosslessJSON

/// Puts one event on a bus. An answer of 200 may still say that the event was not taken; a bus that is not there takes it in
/// silence.
///
/// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
package struct PutEvents: AWSOperation {
    package static let service = AWSService.eventBridge
    package static let name = "PutEvents"
    package static let isWrite = true
    package let region: Region
    /// The bus's name, or its ARN.
    package let bus: String
    /// Who sends it.
    package let source: String
    /// What kind of event it is.
    package let detailType: String
    /// The text of a JSON object.
    package let detail: String
    /// ARNs that the event is about.
    package let resources: [String]

    package init(
        bus: String,
        source: String,
        detailType: String,
        detail: String,
        resources: [String],
        region: Region
    ) {
        self.bus = bus
        self.source = source
        self.detailType = detailType
        self.detail = detail
        self.resources = resources
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.1",
            target: "AWSEvents.PutEvents",
            body: [
                "Entries": [
                    [
                        "Source": .string(source), "DetailType": .string(detailType), "Detail": .string(detail),
                        "Resources": .array(resources.map(JSON.string)), "EventBusName": .string(bus),
                    ]
                ]
            ]
        )
    }

    /// Why the event was not taken; `nil` where it was.
    package func output(from response: WireResponse) throws(AWSError) -> AWSError? {
        let json = try response.json()
        guard let failed = json["FailedEntryCount"]?.int else {
            throw response.unreadable("the answer lacks FailedEntryCount")
        }
        guard failed > 0 else { return nil }
        let entry = json["Entries"]?.array?.first
        let code = entry?["ErrorCode"]?.string ?? "InternalFailure"
        let kind: AWSError.Kind =
            switch code {
            case "InternalFailure", "InternalException", "ServiceUnavailable": .unavailable
            case "ThrottlingException", "ThrottledException", "Throttling": .throttled
            case "AccessDeniedException", "NotAuthorizedForSourceException", "NotAuthorizedForDetailTypeException":
                .accessDenied
            default: .rejected
            }
        return AWSError(
            kind: kind,
            service: Self.service.id,
            operation: Self.name,
            code: code,
            message: entry?["ErrorMessage"]?.string ?? "the event was not taken"
        )
    }
}
