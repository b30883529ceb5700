package import LosslessJSON
package import Policies

/// What Access Analyzer says beforehand of a planned change, as a case holds it.
package struct AccessPreview: Sendable, Equatable {
    package enum Status: String, Sendable {
        /// The finding would be resolved, and no new one would appear.
        case confirmed = "CONFIRMED"
        /// The finding would stay, whatever the form; no new one would appear.
        case unconfirmed = "UNCONFIRMED"
        /// A new active finding would appear.
        case contradicted = "CONTRADICTED"
        /// It is not ready.
        case pending = "PENDING"
        /// There is none for this resource.
        case unavailable = "UNAVAILABLE"
    }

    package var status: Status
    /// How the Deny that was asked about names whom it denies; `nil` where there is no Deny.
    package var form: Deny.Form?
    /// Access Analyzer's id of the preview; `nil` where none was made.
    package var id: String?
    /// The ARN of the analyzer that was asked; `nil` where none was.
    package var analyzerARN: String?
    /// How often the step has looked, from 1.
    package var attempt: Int
    /// What Access Analyzer found, or why there is no preview, as a sentence; `nil` where nothing is to be said.
    package var why: String?

    /// How often the step looks: with a wait of a quarter of a minute between, for five minutes.
    package static let limit = 20

    package init(
        _ status: Status,
        form: Deny.Form? = nil,
        id: String? = nil,
        analyzerARN: String? = nil,
        attempt: Int,
        why: String? = nil
    ) {
        self.status = status
        self.form = form
        self.id = id
        self.analyzerARN = analyzerARN
        self.attempt = attempt
        self.why = why
    }

    /// The preview in the case's shape.
    package var json: JSONObject {
        JSONObject([
            ("status", .string(status.rawValue)), ("form", form.map { .string($0.rawValue) } ?? .null),
            ("id", id.map(JSON.string) ?? .null), ("analyzerArn", analyzerARN.map(JSON.string) ?? .null),
            ("attempt", .int(attempt)), ("limit", .int(Self.limit)), ("why", why.map(JSON.string) ?? .null),
        ])
    }

    init(_ json: JSONObject) throws(InvalidEvent) {
        let fields = FieldReader(object: json, path: "preview")
        let text = try fields.string("status")
        guard let status = Status(rawValue: text) else {
            throw InvalidEvent("preview.status", "'\(text.prefix(50))' is not a status of a preview that we know")
        }
        var form: Deny.Form?
        if let name = try fields.optionalString("form") {
            guard let known = Deny.Form(rawValue: name) else {
                throw InvalidEvent("preview.form", "'\(name.prefix(50))' is not CONDITION or PRINCIPAL")
            }
            form = known
        }
        self.init(
            status,
            form: form,
            id: try fields.optionalString("id"),
            analyzerARN: try fields.optionalString("analyzerArn"),
            attempt: min(max(try fields.optionalInt("attempt") ?? 0, 0), 1000),
            why: try fields.optionalString("why")
        )
    }
}
