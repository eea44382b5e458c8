import { storeError } from "@trimtab/core";
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";

/** What is a token's own fault: that it names none of the keys, or several, or that its header asks for what there is not. */
const faultsOfTokens = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/**
 * Makes keys out of a URL with a JWK set, which is fetched as it is needed. Where it cannot be had tokens are refused with
 * `unavailable`, and `onError` hears why, once until it was fetched again.
 */
export function createRemoteKeys(url: string, onError: (error: unknown) => void): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url));
  let isTold = false;
  return async (header, token) => {
    try {
      const key = await keys(header, token);
      // So soon after they were fetched; keys from before are no sign that they can be had again.
      if (keys.coolingDown) isTold = false;
      return key;
    } catch (error) {
      if (faultsOfTokens.some((fault) => error instanceof fault)) throw error;
      if (!isTold) onError(new Error("--jwt-keys cannot be fetched, so that tokens are not checked", { cause: error }));
      isTold = true;
      throw storeError("unavailable", "the keys that tokens are checked by cannot be fetched", {});
    }
  };
}
