# The function as a container image, for Lambda and for this machine.
#
#   docker build -t gatehouse .                                   the image for Lambda, built from source
#   docker build -t gatehouse-local --target local .              the same under AWS's emulator of Lambda
#   docker build -t gatehouse --build-arg BINARY=given .          from .build/image, which holds
#       bootstrap and ca-certificates.crt: no base image is fetched then
#
# An image is for the kind of machine that builds it: build arm64 on arm64 and amd64 on amd64. Lambda takes images
# without provenance: with BuildKit add --provenance=false. What it was built from goes into its labels:
#
#   --build-arg VERSION=… --build-arg REVISION="$(git rev-parse HEAD)" --build-arg SOURCE="$(git remote get-url origin)"
#
# To build from the very same base images, name them by digest: --build-arg SWIFT_IMAGE=swift@sha256:…

# Where the two files come from: built, or given (in the folder FILES).
ARG BINARY=built
# Where AWS's emulator comes from: published, or given (the file EMULATOR_FILE); the target local alone uses it.
ARG EMULATOR=published
ARG SWIFT_IMAGE=swift:6.2-bookworm
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${SWIFT_IMAGE} AS binary-built
RUN apt-get update \
    && apt-get install --yes --no-install-recommends 'build-essential=12.*' 'ca-certificates=2023*' 'python3=3.11.*' \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN deploy/package \
    && mkdir /files \
    && cp .build/lambda/bootstrap /etc/ssl/certs/ca-certificates.crt /files/

FROM scratch AS binary-given
ARG FILES=.build/image
COPY ${FILES}/bootstrap ${FILES}/ca-certificates.crt /files/

FROM binary-${BINARY} AS binary

# AWS publishes the emulator inside aws-sam-cli, for both kinds of machine; the hash pins the bytes.
FROM ${PYTHON_IMAGE} AS emulator-published
WORKDIR /wheel
RUN printf '%s\n' 'aws-sam-cli==1.170.0 --hash=sha256:24ebaf5ecba38dc1758089968cb89ab61e124b84e92a344fc7a2771a47f4d0bf' \
        > requirements.txt \
    && pip download --quiet --no-deps --only-binary :all: --require-hashes --requirement requirements.txt \
    && python -m zipfile --extract ./*.whl . \
    && case "$(uname -m)" in x86_64) kind=x86_64 ;; *) kind=arm64 ;; esac \
    && install -D --mode 755 "samcli/local/rapid/aws-lambda-rie-$kind" /files/aws-lambda-rie

FROM scratch AS emulator-given
ARG EMULATOR_FILE=.build/image/aws-lambda-rie
COPY --chmod=755 ${EMULATOR_FILE} /files/aws-lambda-rie

FROM emulator-${EMULATOR} AS emulator

FROM scratch AS function
ARG SOURCE=unknown
ARG REVISION=unknown
ARG VERSION=unknown
LABEL org.opencontainers.image.title="Gatehouse" \
    org.opencontainers.image.description="Answers IAM Access Analyzer findings on AWS Lambda" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.source="${SOURCE}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.version="${VERSION}"
# The binary holds the roots of AWS's own endpoints; this file is for every other endpoint, and for proxies.
COPY --from=binary --chmod=644 /files/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=binary --chmod=755 /files/bootstrap /bootstrap
# A number: there is no /etc/passwd to look a name up in.
USER 65532:65532
ENTRYPOINT ["/bootstrap"]
# The handler; a Lambda function that is made from the image names another by its ImageConfig's Command.
CMD ["respond"]

FROM function AS local
COPY --from=emulator --chmod=755 /files/aws-lambda-rie /aws-lambda-rie
EXPOSE 8080
ENTRYPOINT ["/aws-lambda-rie", "/bootstrap"]
CMD ["respond"]

# Last, so that it is what a build without --target makes.
FROM function
