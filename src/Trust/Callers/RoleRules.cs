using Yunnao.Kernel;
using Yunnao.Standards.Policies;

namespace Yunnao.Trust.Callers;

/// <summary>Which roles one account or application may hold.</summary>
public sealed class RoleRules(PolicyBook policies)
{
    /// <summary>
    /// Null when the roles are known and none of them excludes another (the administrators of system, security and audit are three accounts:
    /// GB/T 22239-2019, 8.1.5). Problems: <c>caller.role</c>, <c>caller.roles-apart</c>.
    /// </summary>
    public Problem? Check(IEnumerable<string> roles)
    {
        var apart = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in roles.Distinct(StringComparer.Ordinal))
        {
            if (!policies.Roles.TryGetValue(id, out var role))
            {
                return new(ProblemKind.Incorrect, "caller.role", $"There is no role {id}; the roles are {string.Join(", ", policies.Roles.Keys)}.");
            }

            if (role.Apart is { } group && !apart.TryAdd(group, id))
            {
                return new(ProblemKind.Conflict, "caller.roles-apart", $"Nobody may hold both {apart[group]} and {id}.");
            }
        }

        return null;
    }
}
