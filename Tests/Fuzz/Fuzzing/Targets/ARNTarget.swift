import AWSClient
import Basics
import Policies
import ResourceTypes

extension FuzzTarget {
    /// ARNs, and the other short texts that have a form of their own.
    static let arn = FuzzTarget(
        "arn",
        .text,
        words: [
            "arn:", "aws", "aws-cn", "aws-us-gov", "iam", "sts", "s3", "sqs", "lambda", ":", "::", "/", "*", "?", "${",
            "}", "root",
            "user/", "role/", "assumed-role/", "saml-provider/", "123456789012", "us-east-1", "AIDA", "AROA", "key/",
            "table/",
            "/stream/", "layer:", "function:", "snapshot:", "cluster-snapshot:", "https://", "http://", "[::1]", ":443",
            "@", "#",
            "2026-11-21T08:40:00Z", "+23:59", "Sat, 21 Nov 2026 01:22:33 GMT", ".5", "-", "role/aws-service-role/",
        ]
    ) { (input) throws(Breach) in
        let text = String(decoding: input, as: UTF8.self)
        try forms(text)
        guard let arn = ARN(text) else { return false }
        try hold(arn.description.hasSameBytes(as: text), "an ARN is written otherwise than it was")
        let parts = [arn.partition, arn.service, arn.region, arn.account, arn.resource].joined(separator: ":")
        try hold("arn:\(parts)".hasSameBytes(as: text), "the parts of an ARN do not make it up")
        if let role = RoleARN(arn) {
            try hold(role.description.hasSameBytes(as: text), "a role's ARN is written otherwise than it was")
        }
        guard let region = try? Region("us-east-1") else { return true }
        let place = ChangedResource(arn, partition: .aws, account: "123456789012", region: region)
        for remedy in KnownResourceTypes.remedies(for: place)?.remedies ?? [] {
            try hold(!remedy.words.isEmpty && !remedy.name.isEmpty, "a resource without a name")
            _ = remedy.protection(memberRole: nil)
        }
        return true
    }

    private static func forms(_ text: String) throws(Breach) {
        for key in ["AWS", "Federated", "Service", "CanonicalUser", "Other"] {
            let principal = Principal(key: key, value: text)
            let (key, value) = principal.element
            try hold(Principal(key: key, value: value) == principal, "a principal is written as another")
            _ = Deny.objection(to: principal, zone: ZoneOfTrust(account: "123456789012"))
        }
        if let url = try? EndpointURL(text) {
            try hold((try? EndpointURL(url.description)) == url, "a URL is written as another")
        }
        try hold(EndpointURL.shown(text).utf8.count < 300, "what is shown of a URL is too long")
        if let region = try? Region(text) { try hold(region.name == text, "a region is written as another") }
        for time in [Timestamp(iso8601: text), Timestamp(httpDate: text)].compactMap({ $0 }) {
            // An offset may lead into a year that has no four digits.
            guard (-62_135_596_800..<253_402_300_800).contains(time.secondsSinceEpoch) else { continue }
            try hold(Timestamp(iso8601: time.extended) == time, "a moment is written as another")
        }
        if let sid = Deny.sid(forFinding: text) {
            try hold(sid.utf8.allSatisfy { $0 < 0x80 }, "a Sid that no service takes")
        }
        // Quadratic in the worst case: patterns are bounded where they are read.
        guard text.utf8.count <= 4_096 else { return }
        let half = text.utf8.index(text.utf8.startIndex, offsetBy: text.utf8.count / 2)
        _ = Wildcards.match(String(decoding: text.utf8[..<half], as: UTF8.self), text)
        try hold(Wildcards.match(text, text), "a pattern does not match itself")
    }
}
