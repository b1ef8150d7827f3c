#!/bin/sh
# Makes the certificates in test/fixtures/tls anew. They are committed, so that tests need no openssl; run this only to
# change them:  sh test/support/certificates.sh
# Needs openssl 1.1.1 or later. P-256 keys, because they are small and quick; valid for 100 years but for the expired one.
set -eu
cd "$(dirname "$0")/../fixtures/tls"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1.key.pem"; }

# sign NAME COMMON_NAME NOT_BEFORE NOT_AFTER OPTION...: a certificate with the extensions of $work/extensions. Times are
# YYYYMMDDhhmmssZ. By `openssl ca`, because `openssl x509` takes a start date only since 3.4.
sign() {
  name=$1; subject=$2; from=$3; until=$4; shift 4
  openssl req -new -key "$name.key.pem" -subj "/CN=$subject" -out "$work/$name.csr"
  : > "$work/index"
  cat > "$work/ca.conf" <<CONF
[ca]
default_ca = only
[only]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
CONF
  openssl ca -batch -notext -config "$work/ca.conf" -in "$work/$name.csr" -extfile "$work/extensions" \
    -startdate "$from" -enddate "$until" -out "$name.cert.pem" "$@" 2> "$work/log" || { cat "$work/log"; exit 1; }
}

# authority NAME COMMON_NAME: a self-signed authority.
authority() {
  key "$1"
  printf '%s\n' "basicConstraints=critical,CA:true" "keyUsage=critical,keyCertSign,cRLSign" \
    "subjectKeyIdentifier=hash" > "$work/extensions"
  sign "$1" "$2" $long -selfsign -keyfile "$1.key.pem"
}

# signed NAME COMMON_NAME USAGE SUBJECT_ALT_NAME NOT_BEFORE NOT_AFTER: a certificate from `ca`.
signed() {
  key "$1"
  printf '%s\n' "basicConstraints=critical,CA:false" "keyUsage=critical,digitalSignature" "extendedKeyUsage=$3" \
    "authorityKeyIdentifier=keyid" ${4:+"subjectAltName=$4"} > "$work/extensions"
  sign "$1" "$2" "$5" "$6" -cert ca.cert.pem -keyfile ca.key.pem
}

long="20240101000000Z 21240101000000Z"
authority ca "Dormouse test authority"
authority unknown-ca "Another test authority"
rm unknown-ca.key.pem
signed server localhost serverAuth "DNS:localhost,IP:127.0.0.1,IP:::1" $long
signed other-host other.example serverAuth "DNS:other.example" $long
signed expired localhost serverAuth "DNS:localhost,IP:127.0.0.1,IP:::1" 20240101000000Z 20240201000000Z
signed client "Dormouse test client" clientAuth "" $long
chmod 644 ./*.pem
