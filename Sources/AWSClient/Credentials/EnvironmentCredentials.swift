/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for temporary credentials, `AWS_SESSION_TOKEN`.
package struct EnvironmentCredentials: CredentialsProvider {
    private let found: Result<Credentials?, AWSError>

    /// Looks into `environment`, once: a process's environment does not change by itself.
    package init(environment: EnvironmentVariables) {
        do throws(AWSError) {
            found = .success(try EnvironmentCredentials.read(Settings(environment)))
        } catch {
            found = .failure(error)
        }
    }

    /// The credentials. Throws `configuration` naming what is missing.
    package func credentials(for request: CredentialsRequest) async throws(AWSError) -> Credentials {
        guard let credentials = try found.get() else {
            throw .configuration("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        return credentials
    }

    /// Whether any of the settings is there, so that no other source is asked.
    var isSet: Bool {
        if case .success(nil) = found { false } else { true }
    }

    private static func read(_ settings: Settings) throws(AWSError) -> Credentials? {
        switch (settings["AWS_ACCESS_KEY_ID"], settings["AWS_SECRET_ACCESS_KEY"]) {
        case (nil, nil):
            return nil
        case (_?, nil):
            throw .configuration("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY: set both")
        case (nil, _?):
            throw .configuration("AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID: set both")
        case (let id?, let secret?):
            let credentials = Credentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: settings["AWS_SESSION_TOKEN"]
            )
            return try credentials.checked(source: "AWS_ACCESS_KEY_ID or AWS_SESSION_TOKEN")
        }
    }
}

extension Credentials {
    /// The credentials, if their parts can stand in header fields. Throws `configuration` naming the source.
    func checked(source: String) throws(AWSError) -> Credentials {
        for part in [accessKeyID, sessionToken ?? "-"] {
            guard !part.isEmpty, part.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .configuration("\(source) holds nothing, white space or a control character: set it anew")
            }
        }
        guard !secretAccessKey.isEmpty else { throw .configuration("\(source) has an empty secret key: set it anew") }
        return self
    }
}
