namespace Yunnao.Services.Fhir.Profiles;

/// <summary>The value set of an element that has to be used (<c>required</c>), or has to where it has a code for it (<c>extensible</c>).</summary>
/// <param name="ValueSet">Its canonical address, without a version.</param>
internal sealed record ProfileBinding(bool Required, string ValueSet);
