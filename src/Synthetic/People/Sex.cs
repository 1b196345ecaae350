namespace Yunnao.Synthetic.People;

/// <summary>Sex; the values are the codes of GB/T 2261.1.</summary>
internal enum Sex
{
    Male = 1,
    Female = 2,
}
