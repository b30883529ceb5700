import Basics

/// The command line's `~/.aws/credentials` and `~/.aws/config`: static keys and the region of one profile.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
package struct ProfileFile: Sendable {
    /// The profile's name: `AWS_PROFILE`, else `default`.
    package let profile: String
    /// Whether `AWS_PROFILE` asked for it.
    let isAskedFor: Bool
    private let values: [String: String]?

    /// Reads both files of `environment`'s profile; the credentials file goes before the config file. Files that are
    /// not there are empty.
    package init(environment: EnvironmentVariables) {
        let settings = Settings(environment)
        let folder = "\(settings["HOME"] ?? "")/.aws"
        let config = SmallFile.read(settings["AWS_CONFIG_FILE"] ?? "\(folder)/config") ?? []
        let credentials = SmallFile.read(settings["AWS_SHARED_CREDENTIALS_FILE"] ?? "\(folder)/credentials") ?? []
        self.init(
            profile: settings["AWS_PROFILE"] ?? "default",
            isAskedFor: settings["AWS_PROFILE"] != nil,
            config: config,
            credentials: credentials
        )
    }

    init(profile: String, isAskedFor: Bool, config: [UInt8], credentials: [UInt8]) {
        self.profile = profile
        self.isAskedFor = isAskedFor
        let configSection = profile == "default" ? ["default", "profile default"] : ["profile \(profile)"]
        let parts = [ProfileFile.section(configSection, of: config), ProfileFile.section([profile], of: credentials)]
        let found = parts.compactMap { $0 }
        values = found.isEmpty ? nil : found.reduce(into: [:]) { $0.merge($1) { _, later in later } }
    }

    /// The profile's region, if it names one.
    package var region: String? { values?["region"] }

    /// The profile's keys; nil when there is no such profile and none was asked for. Throws `configuration` for a
    /// profile that gets its credentials in a way that is not built.
    package func credentials() throws(AWSError) -> Credentials? {
        guard let values else {
            if isAskedFor {
                throw .configuration(
                    "the profile is '\(profile)' (--profile or AWS_PROFILE), and there is no such profile"
                )
            }
            return nil
        }
        if let id = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] {
            let credentials = Credentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: values["aws_session_token"]
            )
            return try credentials.checked(source: "profile '\(profile)'")
        }
        let others = ["sso_session", "sso_start_url", "role_arn", "credential_process", "login_session"]
        if let other = others.first(where: { values[$0] != nil }) {
            throw .configuration(
                "profile '\(profile)' gets its credentials by \(other), which is not supported: run "
                    + "eval \"$(aws configure export-credentials --profile \(profile.shellQuoted) --format env)\", and then leave "
                    + "--profile and AWS_PROFILE out"
            )
        }
        if isAskedFor {
            throw .configuration("profile '\(profile)' holds no aws_access_key_id and aws_secret_access_key")
        }
        return nil
    }

    /// The `key = value` lines of the sections of these names; nil when there is none. Nested (indented) lines are
    /// dropped.
    private static func section(_ names: [String], of bytes: [UInt8]) -> [String: String]? {
        var values: [String: String]?
        var isInside = false
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                let name = line.dropFirst().prefix { $0 != "]" }.split(whereSeparator: isSpace).joined(separator: " ")
                isInside = names.contains(name)
                if isInside, values == nil { values = [:] }
            } else if isInside, !isSpace(first), let equals = line.firstIndex(of: "=") {
                let key = trimmed(line[..<equals]).lowercased()
                var value = trimmed(line[line.index(after: equals)...])
                if let comment = value.firstIndex(of: "#"), comment > value.startIndex,
                    isSpace(value[value.index(before: comment)])
                {
                    value = trimmed(value[..<comment])
                }
                values?[key] = value
            }
        }
        return values
    }

    private static func isSpace(_ character: Character) -> Bool {
        character == " " || character == "\t"
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return String(text)
    }

    private static func trimmed(_ text: String) -> String { trimmed(text[...]) }
}
