import Basics

/// Where a service is asked, and which region its signature names.
package struct Endpoint: Sendable, Hashable {
    /// The base of its URLs.
    package let url: EndpointURL
    /// The region in the signature's scope.
    package let signingRegion: String
}

extension AWSConfiguration {
    /// The endpoint of a service in a region, by the settings.
    ///
    /// | settings | host |
    /// | --- | --- |
    /// | an endpoint URL | that one |
    /// | none | `{prefix}.{region}.amazonaws.com` |
    /// | FIPS | `{prefix}-fips.{region}.amazonaws.com`, or the plain name where that one is FIPS (GovCloud) |
    /// | dual-stack | `{prefix}.{region}.api.aws` |
    /// | both | `{prefix}-fips.{region}.api.aws` |
    ///
    /// The names are those of AWS's published endpoint rule sets. Throws `configuration` for combinations that have no
    /// endpoint; AWS SDKs refuse the same ones.
    ///
    /// - Parameter label: what stands before the host, with a dot, where no endpoint URL is set.
    package func endpoint(
        of service: AWSService,
        in region: Region,
        label: String? = nil
    ) throws(AWSError) -> Endpoint {
        let signingRegion = service.isGlobal ? region.partition.globalRegionName : region.name
        if let (setting, url) = endpointOverride(for: service) {
            if usesFIPS || usesDualStack {
                let other = usesFIPS ? "AWS_USE_FIPS_ENDPOINT" : "AWS_USE_DUALSTACK_ENDPOINT"
                throw .configuration("\(setting) and \(other) cannot be used together: unset one of them")
            }
            return Endpoint(url: url, signingRegion: signingRegion)
        }
        if usesFIPS, region.partition == .china {
            throw .configuration(
                "AWS_USE_FIPS_ENDPOINT is true, but region \(region) has no FIPS endpoints: unset it or choose another region"
            )
        }
        if usesDualStack, service.dualStack == .unsupported {
            throw .configuration("AWS_USE_DUALSTACK_ENDPOINT is true, but \(service.id) has no dual-stack endpoints")
        }
        let host = service.isGlobal ? globalHost(of: service, in: region.partition) : host(of: service, in: region)
        let whole = label.map { "\($0).\(host)" } ?? host
        return Endpoint(url: EndpointURL(https: whole), signingRegion: signingRegion)
    }

    private func endpointOverride(for service: AWSService) -> (setting: String, url: EndpointURL)? {
        if let url = serviceEndpointURLs[service.settingSuffix] {
            return ("AWS_ENDPOINT_URL_\(service.settingSuffix)", url)
        }
        return endpointURL.map { ("AWS_ENDPOINT_URL", $0) }
    }

    private func host(of service: AWSService, in region: Region) -> String {
        let prefix = service.endpointPrefix
        switch (service.dualStack, usesDualStack) {
        case (.ownDomain, true):
            let plainIsFIPS = service.governmentDualStackIsFIPS && region.partition == .usGovernment
            let label = usesFIPS && !plainIsFIPS ? "\(prefix)-fips" : prefix
            return "\(label).\(region.name).\(region.partition.dualStackDNSSuffix)"
        case (.ownDomainNamed(let name), true):
            let label = usesFIPS ? "\(name)-fips" : name
            return "\(label).\(region.name).\(region.partition.dualStackDNSSuffix)"
        case (.label, true):
            let label = usesFIPS ? "\(prefix)-fips" : prefix
            return "\(label).dualstack.\(region.name).\(region.partition.dnsSuffix)"
        case (_, false), (.plainName, true), (.unsupported, true):
            let plainIsFIPS = service.governmentNameIsFIPS && region.partition == .usGovernment
            let label = usesFIPS && !plainIsFIPS ? "\(prefix)-fips" : prefix
            return "\(label).\(region.name).\(region.partition.dnsSuffix)"
        }
    }

    /// The hosts of services that have one endpoint a partition, by AWS's rule set for IAM.
    private func globalHost(of service: AWSService, in partition: Partition) -> String {
        let prefix = service.endpointPrefix
        let suffix = usesDualStack ? partition.dualStackDNSSuffix : partition.dnsSuffix
        switch partition {
        case .aws:
            let label = usesFIPS ? "\(prefix)-fips" : prefix
            return usesDualStack ? "\(label).global.\(suffix)" : "\(label).\(suffix)"
        case .china:
            return usesDualStack ? "\(prefix).global.\(suffix)" : "\(prefix).cn-north-1.\(suffix)"
        case .usGovernment:
            return "\(prefix).us-gov.\(suffix)"
        }
    }
}
