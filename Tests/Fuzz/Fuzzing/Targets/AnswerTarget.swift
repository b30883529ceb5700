import AWSClient
import AWSOperations
import Basics
import LosslessJSON

extension FuzzTarget {
    /// AWS's answers: a first line with the operation, then the body. Read as the operation's output, and as an error.
    static let answer = FuzzTarget(
        "answer",
        .json,
        words: [
            #""Policy""#, #""policy""#, #""finding""#, #""findings""#, #""id""#, #""status""#, #""nextToken""#,
            #""NextToken""#,
            #""action""#, #""principal""#, #""condition""#, #""findingDetails""#, #""RevisionId""#, #""__type""#,
            #""message""#,
            #""accessPreview""#, #""statusReason""#, #""changeType""#, #""existingFindingId""#, #""SecretString""#,
            "<PolicyNames>", "<IsTruncated>true</IsTruncated>", "<Marker>", "<PolicyDocument>",
            #""code""#, #""Tags""#, #""Key""#, #""Value""#, #""TagKey""#, #""TagValue""#, #""Grants""#,
            #""KeyMetadata""#,
            #""CreationDate""#, #""Attributes""#, #""Account""#, #""Parents""#, #""Truncated""#, #""NextMarker""#,
            "1795250000.123", "-1e400", "1e17", #""2026-11-21T08:40:00+0000""#, "<member>", "</member>", "<Tags>",
            "<Key>", "%7B",
            "%", "%zz", "%C3%A9", "<Grant>", "<Grantee xsi:type=\"Group\">", "<URI>", "<ID>", "<Permission>", "true",
            "false",
            "<Error>", "<Code>", "<Errors>", "&amp;", "&#x1F600;", "<![CDATA[", "]]>", "2026-11-21T08:40:00Z",
        ]
    ) { (input) throws(Breach) in
        let end = input.firstIndex(of: 0x0A) ?? input.count
        let name = String(decoding: input[..<end], as: UTF8.self)
        let body = Array(input[min(end + 1, input.count)...])
        let response = WireResponse(status: 400, headers: ["x-amzn-errortype": name], body: body)
        let error = ErrorAnswer(response)
        try hold((error.code ?? "").utf8.count <= 128, "an error's code is too long")
        guard let read = answers[name] else { return false }
        return read(WireResponse(status: 200, body: body))
    }

    private static func reading<Operation: AWSOperation>(
        _ operation: Operation
    ) -> (String, @Sendable (WireResponse) -> Bool) {
        (
            String(describing: Operation.self),
            { response in
                do throws(AWSError) {
                    let output = try operation.output(from: response)
                    if let finding = output as? FindingV2 { _ = finding.completeRecord }
                    return true
                } catch {
                    return false
                }
            }
        )
    }

    private static let answers: [String: @Sendable (WireResponse) -> Bool] = {
        guard let region = try? Region("us-east-1") else { return [:] }
        let arn = "arn:aws:kms:us-east-1:123456789012:key/k"
        let all = [
            reading(GetFinding(id: "f", analyzerARN: arn, region: region)),
            reading(GetFindingV2(id: "f", analyzerARN: arn, region: region)),
            reading(ListFindings(analyzerARN: arn, resource: arn, status: "ACTIVE", region: region)),
            reading(CreateAccessPreview(analyzerARN: arn, resource: arn, configuration: .null, region: region)),
            reading(GetAccessPreview(id: "p", analyzerARN: arn, region: region)),
            reading(ListAccessPreviewFindings(id: "p", analyzerARN: arn, region: region)),
            reading(ListRolePolicies(roleName: "r", partition: .aws)),
            reading(GetRolePolicy(roleName: "r", policyName: "p", partition: .aws)),
            reading(GetSecretValue(secretARN: arn, region: region)),
            reading(
                LookupEvents(
                    attribute: "ResourceName",
                    value: "b",
                    endTime: Timestamp(secondsSinceEpoch: 0),
                    region: region
                )
            ),
            reading(
                PutEvents(bus: "b", source: "s", detailType: "t", detail: "{}", resources: [], region: region)
            ),
            reading(ListAnalyzers(region: region)), reading(GetRole(roleName: "r", partition: .aws)),
            reading(GetAccountSummary(partition: .aws)), reading(GetUser(userName: "u", partition: .aws)),
            reading(GetBucketACL(bucket: "b", owner: "o", region: region)),
            reading(GetPublicAccessBlock(bucket: "b", owner: "o", region: region)),
            reading(GetBucketTagging(bucket: "b", owner: "o", region: region)),
            reading(GetBucketOwnershipControls(bucket: "b", owner: "o", region: region)),
            reading(GetBucketPolicy(bucket: "b", owner: "o", region: region)),
            reading(DescribeSnapshot(snapshotID: "s", region: region)),
            reading(DescribeSnapshotSharing(snapshotID: "s", region: region)),
            reading(DescribeDBSnapshot(identifier: "s", region: region)),
            reading(DescribeDBClusterSnapshot(identifier: "s", region: region)),
            reading(DescribeDBSnapshotSharing(identifier: "s", region: region)),
            reading(DescribeDBClusterSnapshotSharing(identifier: "s", region: region)),
            reading(
                GetFunctionPermissions(function: FunctionReference(functionARN: arn, qualifier: nil), region: region)
            ),
            reading(ListFunctionTags(functionARN: arn, region: region)),
            reading(ListLayerVersions(layerARN: arn, marker: nil, region: region)),
            reading(GetLayerVersionPolicy(layerARN: arn, version: 1, region: region)),
            reading(AssumeRole(roleARN: arn, sessionName: "s", externalID: nil, region: region)),
            reading(GetCallerIdentity(region: region)), reading(DescribeKey(keyARN: arn, region: region)),
            reading(ListAliases(keyARN: arn, marker: nil, region: region)),
            reading(ListResourceTags(keyARN: arn, marker: nil, region: region)),
            reading(ListGrants(keyARN: arn, marker: nil, region: region)),
            reading(GetKeyPolicy(keyARN: arn, region: region)),
            reading(GetQueueURL(queueName: "q", owner: "o", region: region)),
            reading(GetQueuePolicy(queueURL: "https://q", region: region)),
            reading(ListQueueTags(queueURL: "https://q", region: region)),
            reading(GetTopicPolicy(topicARN: arn, region: region)),
            reading(ListTagsForTopic(topicARN: arn, region: region)),
            reading(DescribeAccount(accountID: "1", partition: .aws)),
            reading(ListTagsForAccount(accountID: "1", nextToken: nil, partition: .aws)),
            reading(ListParents(childID: "1", partition: .aws)),
            reading(DescribeOrganizationalUnit(unitID: "u", partition: .aws)),
            reading(DescribeSecret(secretARN: arn, region: region)),
            reading(GetParameter(parameter: "p", region: region)),
            reading(DescribeFileSystem(fileSystemID: "f", region: region)),
            reading(ListTagsOfTable(tableARN: arn, nextToken: nil, region: region)),
            reading(GetTablePolicy(resourceARN: arn, region: region)),
            reading(GetRepositoryPolicy(repository: "r", registry: "1", region: region)),
            reading(ListTagsForRepository(repositoryARN: arn, region: region)),
            reading(ListTagsForDirectoryBucket(arnBeforeName: arn, bucket: "b", owner: "o", region: region)),
        ]
        return Dictionary(all) { first, _ in first }
    }()
}
