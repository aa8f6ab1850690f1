// OpenSSL's libcrypto: SHA-256.
#pragma once
#include <openssl/crypto.h>
#include <openssl/evp.h>
