namespace Yunnao.Services.Identity;

/// <summary>What one institution says of one of its patients: the local number and the identifying values by kind (name, id_number, phone, …).</summary>
public sealed record LocalIdentity(string Organisation, string Local, IReadOnlyDictionary<string, string> Values);
