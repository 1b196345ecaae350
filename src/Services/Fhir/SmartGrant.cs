using System.Globalization;
using System.Security.Claims;
using Yunnao.Lake.Scopes;

namespace Yunnao.Services.Fhir;

/// <summary>
/// What a token with scopes of SMART leaves of its holder's right. It takes away and never gives: the Scope is made by the policies first.
/// A token without such scopes leaves all.
/// </summary>
public sealed class SmartGrant
{
    /// <summary>Claim of the scopes that a token was given, blanks between them (RFC 9068, 2.2.3).</summary>
    public const string ScopeClaim = "scope";

    /// <summary>Claim of the person whom a token of level <c>patient</c> is about: a subject in decimal digits.</summary>
    public const string PatientClaim = "yn_patient";

    private readonly List<SmartScope> _scopes;

    private SmartGrant(List<SmartScope> scopes, ulong? patient) => (_scopes, Patient) = (scopes, patient);

    /// <summary>The person whom scopes of level <c>patient</c> are about.</summary>
    public ulong? Patient { get; }

    /// <summary>True when nothing but that person's records is left.</summary>
    public bool OnlyPatient => _scopes.Count > 0 && _scopes.TrueForAll(s => s.Level == SmartScope.Patient);

    /// <summary>The grant of a caller's token; null when the token has no scopes of SMART.</summary>
    public static SmartGrant? Of(ClaimsPrincipal caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var (scopes, any) = (new List<SmartScope>(), false);
        foreach (var text in caller.FindAll(ScopeClaim).SelectMany(c => c.Value.Split(' ')).Where(SmartScope.IsOne))
        {
            any = true;
            if (SmartScope.TryParse(text, out var scope)) scopes.Add(scope);
        }

        if (!any) return null;
        ulong? patient = ulong.TryParse(caller.FindFirst(PatientClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new(scopes, patient);
    }

    /// <summary>True when resources of a type may be treated so.</summary>
    /// <param name="type">A type, or <c>*</c> for what is about all of them.</param>
    /// <param name="action">One of <c>cruds</c>. What is written is nobody's record yet, so scopes of level <c>patient</c> are for reading.</param>
    public bool Allows(string type, char action) => _scopes.Exists(s => s.Allows(type, action) && (s.Level != SmartScope.Patient || (Patient is not null && action is 'r' or 's')));

    /// <summary>True when resources of a type are seen, by whatever way.</summary>
    public bool Sees(string type) => Allows(type, 'r') || Allows(type, 's');

    /// <summary>The Scope without what the grant does not reach.</summary>
    internal Scope Narrow(Scope scope, ResourceBook book)
    {
        var left = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var source in book.Types.Where(t => Sees(t.Name)).SelectMany(t => t.Sources))
        {
            var one = source.AboutPerson && !_scopes.Exists(s => s.Level != SmartScope.Patient && (s.Allows(source.Type, 'r') || s.Allows(source.Type, 's')));
            left[source.DataSet] = left.GetValueOrDefault(source.DataSet, true) && one;
        }

        return scope.Narrowed(left, Patient);
    }
}
