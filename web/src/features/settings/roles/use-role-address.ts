import { useNavigate } from "@tanstack/react-router";

/** Opens a role, or the list again; each is a step that Back undoes. */
export function useRoleAddress(): (search: { role?: string; from?: string }) => void {
  const navigate = useNavigate();
  return (search) => void navigate({ to: ".", search: search as never });
}
