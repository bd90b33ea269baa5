import type { SecurityPolicy } from "@/lib/wire/openapi.gen";

export type Policy = Required<SecurityPolicy>;

export function wholePolicy(policy: SecurityPolicy): Policy {
  return {
    second_factor_roles: policy.second_factor_roles ?? [],
    sign_in_networks: policy.sign_in_networks ?? [],
    api_networks: policy.api_networks ?? [],
    allowed_origins: policy.allowed_origins ?? [],
  };
}

/** Lists are sets: their order says nothing. */
export function isSamePolicy(one: Policy, other: Policy): boolean {
  const plain = (policy: Policy) =>
    JSON.stringify(Object.values(wholePolicy(policy)).map((list) => list.toSorted()));
  return plain(one) === plain(other);
}
