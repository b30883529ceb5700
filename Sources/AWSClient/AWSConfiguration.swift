import Basics

/// The settings that AWS SDKs read from the environment, checked. A setting that is empty counts as unset.
package struct AWSConfiguration: Sendable {
    /// `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the profile's (the command line alone). There is no default.
    package var region: Region?
    /// `AWS_ENDPOINT_URL`: in place of every service's own endpoint.
    package var endpointURL: EndpointURL?
    /// `AWS_ENDPOINT_URL_<SERVICE>` by `<SERVICE>`: goes before `AWS_ENDPOINT_URL`.
    package var serviceEndpointURLs: [String: EndpointURL]
    /// `AWS_USE_FIPS_ENDPOINT`.
    package var usesFIPS: Bool
    /// `AWS_USE_DUALSTACK_ENDPOINT`.
    package var usesDualStack: Bool
    /// `AWS_CA_BUNDLE`: a PEM file's path, in place of every other trust root.
    package var caBundle: String?
    /// `AWS_MAX_ATTEMPTS`: how often a call is tried in all. 3 where unset.
    package var maxAttempts: Int

    /// Reads and checks the settings. `includingProfiles` also looks for a region in `~/.aws`. Throws `configuration`,
    /// naming the setting and what it may hold.
    package init(environment: EnvironmentVariables, includingProfiles: Bool = false) throws(AWSError) {
        let settings = Settings(environment)
        region = try settings.region()
        if region == nil, includingProfiles, let name = ProfileFile(environment: environment).region {
            do throws(Region.Invalid) {
                region = try Region(name)
            } catch {
                throw .configuration(error.message)
            }
        }
        endpointURL = try settings.url("AWS_ENDPOINT_URL")
        serviceEndpointURLs = [:]
        let prefix = "AWS_ENDPOINT_URL_"
        for name in environment.variables.map(\.name) where name.hasPrefix(prefix) {
            if let url = try settings.url(name) { serviceEndpointURLs[String(name.dropFirst(prefix.count))] = url }
        }
        usesFIPS = try settings.flag("AWS_USE_FIPS_ENDPOINT")
        usesDualStack = try settings.flag("AWS_USE_DUALSTACK_ENDPOINT")
        caBundle = settings["AWS_CA_BUNDLE"]
        maxAttempts = try settings.positive("AWS_MAX_ATTEMPTS", upTo: 100) ?? 3
    }
}

/// Reads single settings, with errors that name them.
struct Settings {
    private let environment: EnvironmentVariables

    init(_ environment: EnvironmentVariables) {
        self.environment = environment
    }

    /// The value, unless it is unset or empty.
    subscript(_ name: String) -> String? {
        guard let value = environment[name], !value.isEmpty else { return nil }
        return value
    }

    func flag(_ name: String) throws(AWSError) -> Bool {
        guard let value = self[name] else { return false }
        if value.isEqualIgnoringASCIICase(to: "true") { return true }
        if value.isEqualIgnoringASCIICase(to: "false") { return false }
        throw .configuration("\(name) is '\(value.printable(limit: 2048))': it may be true or false")
    }

    func positive(_ name: String, upTo limit: Int) throws(AWSError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = Int(value), (1...limit).contains(number) else {
            throw .configuration(
                "\(name) is '\(value.printable(limit: 2048))': it may be a whole number from 1 to \(limit)"
            )
        }
        return number
    }

    func url(_ name: String) throws(AWSError) -> EndpointURL? {
        guard let value = self[name] else { return nil }
        do throws(EndpointURL.Invalid) {
            return try EndpointURL(value)
        } catch {
            throw .configuration(
                "\(name) is \(EndpointURL.shown(value)), \(error.reason): it may be a URL such as https://host:port/path"
            )
        }
    }

    func region() throws(AWSError) -> Region? {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            guard let value = self[name] else { continue }
            do throws(Region.Invalid) {
                return try Region(value)
            } catch {
                throw .configuration("\(name): \(error.message)")
            }
        }
        return nil
    }
}
