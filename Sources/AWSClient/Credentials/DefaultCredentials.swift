/// The usual sources in the usual order: environment, profile files (the command line alone), container.
package struct DefaultCredentials: CredentialsProvider {
    private enum Source {
        case environment(EnvironmentCredentials)
        case fixed(Credentials)
        case container(CachingCredentials)
        case unusable(AWSError)
    }

    private let source: Source

    /// Chooses the source by the environment; nothing is asked before the first call. `includingProfiles` also reads
    /// `~/.aws`. What is unusable or missing is thrown by `credentials(for:)`.
    package init(environment: EnvironmentVariables, transport: any HTTPTransport, includingProfiles: Bool = false) {
        do throws(AWSError) {
            source = try DefaultCredentials.choose(environment, transport, includingProfiles)
        } catch {
            source = .unusable(error)
        }
    }

    /// Credentials of the chosen source. Throws `configuration`, naming what to set, when there is none.
    package func credentials(for request: CredentialsRequest) async throws(AWSError) -> Credentials {
        switch source {
        case .environment(let environment): try await environment.credentials(for: request)
        case .fixed(let credentials): credentials
        case .container(let cache): try await cache.credentials(for: request)
        case .unusable(let error): throw error
        }
    }

    private static func choose(
        _ environment: EnvironmentVariables,
        _ transport: any HTTPTransport,
        _ includingProfiles: Bool
    ) throws(AWSError) -> Source {
        let variables = EnvironmentCredentials(environment: environment)
        let profile = includingProfiles ? ProfileFile(environment: environment) : nil
        if variables.isSet { return .environment(variables) }
        if let credentials = try profile?.credentials() { return .fixed(credentials) }
        if let container = try ContainerCredentials(environment: environment, transport: transport) {
            return .container(CachingCredentials(fetch: container.fetch))
        }
        var message = "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        if includingProfiles { message += ", or AWS_PROFILE to a profile that holds keys," }
        throw .configuration(message + " or AWS_CONTAINER_CREDENTIALS_FULL_URI")
    }
}
