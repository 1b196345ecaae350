using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic.Institutions;

/// <summary>A member of staff.</summary>
/// <param name="Type">YV.staff_type.</param>
/// <param name="Title">YV.title.</param>
internal sealed record Doctor(string Code, string Name, Sex Sex, int BirthYear, string Type, string Title);
