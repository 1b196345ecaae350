namespace Yunnao.Synthetic.Catalogue;

/// <summary>A vaccine with the months of age of its doses.</summary>
/// <param name="Programme">Part of the national programme, free of charge.</param>
internal sealed record Vaccine(string Code, string Name, bool Programme, int[] Months)
{
    public string Route => Code switch { "BOPV" or "ROTA" => "1", "BCG" => "402", "MMR" or "JEL" or "MENA" or "MENAC" or "HEPAL" or "VAR" => "401", _ => "403" };

    public string Site => Code switch { "BOPV" or "ROTA" => "07", "HEPB" or "DTAP" => "02", _ => "01" };
}
