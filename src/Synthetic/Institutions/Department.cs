namespace Yunnao.Synthetic.Institutions;

/// <summary>A department of an institution.</summary>
/// <param name="Code">The institution's own code.</param>
/// <param name="National">Code of the list of clinical departments.</param>
internal sealed record Department(string Code, string National, string Name, Doctor[] Doctors);
