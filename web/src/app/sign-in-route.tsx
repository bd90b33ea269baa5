import { useRouter, useSearch } from "@tanstack/react-router";
import { SignInPage } from "@/features/auth/sign-in-page";

export function SignInRoute() {
  const router = useRouter();
  const { next } = useSearch({ from: "/sign-in" });
  return <SignInPage onSignedIn={() => router.history.push(next ?? "/")} />;
}
